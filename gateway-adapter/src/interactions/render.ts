import { CHANNEL_ID } from "../config/account-config.ts";
import { renderPresentationForDelivery, type MessagePresentation } from "../host/presentation.ts";
import { agentControlsSchema, type Controls } from "./control.ts";
import { PRESENTATION_CAPABILITIES, splitPresentation } from "./presentation.ts";

type ReplyPayload = Parameters<typeof renderPresentationForDelivery>[1];

interface Payload {
  text?: string;
  channelData?: Record<string, unknown>;
}

/** Puts what Mattermost shows of a presentation into the payload; null where there is nothing to choose and OpenClaw writes it out. */
export function renderPresentation<T extends Payload>(payload: T, presentation: MessagePresentation): T | null {
  const { text, controls } = splitPresentation(presentation, payload.text);
  if (controls.length === 0) return null;
  const all = [...controlsOf(payload), ...controls];
  return {
    ...payload,
    text,
    channelData: { ...payload.channelData, [CHANNEL_ID]: { ...dataOf(payload), controls: all } },
  };
}

/** A payload that does not go through OpenClaw's outbox, as the outbox would have made it. */
export function presented(payload: ReplyPayload): Promise<ReplyPayload> {
  const handler = {
    presentationCapabilities: PRESENTATION_CAPABILITIES,
    renderPresentation: (shown: ReplyPayload & { presentation: MessagePresentation }) =>
      renderPresentation(shown, shown.presentation),
  };
  return renderPresentationForDelivery(handler, payload);
}

/** The controls that `renderPresentation` put in; none if they are not whole. */
export function controlsOf(payload: { channelData?: Record<string, unknown> | undefined }): Controls {
  const read = agentControlsSchema.safeParse(dataOf(payload).controls);
  return read.success ? read.data : [];
}

function dataOf({ channelData }: { channelData?: Record<string, unknown> | undefined }): Record<string, unknown> {
  const data = channelData?.[CHANNEL_ID];
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
}
