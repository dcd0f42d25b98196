import type { ChannelMessageToolDiscovery } from "openclaw/plugin-sdk/channel-contract";
import { z } from "zod";
import { CHANNEL_ID, type MattermostAccount } from "../config/account-config.ts";
import { dialogWordsSchema, type Button, type Controls } from "./control.ts";
import { controlsOf } from "./render.ts";

/** One button of `message action=send buttons=[[…]]`. */
const buttonParamSchema = z.object({
  text: z.string().min(1).max(100),
  callback_data: z.string().min(1).max(3_000),
  style: z.enum(["default", "primary", "danger"]).optional(),
  input: z.union([z.boolean(), dialogWordsSchema]).optional(),
});
const buttonsParamSchema = z.array(z.array(buttonParamSchema)).max(20);

const SCHEMA = {
  type: "array",
  description:
    "Rows of clickable buttons below the text. The user's choice comes back as a message. `input: true` lets the user write an answer instead.",
  items: {
    type: "array",
    items: {
      type: "object",
      properties: {
        text: { type: "string", description: "What the button says." },
        callback_data: { type: "string", description: "What you are told when it is clicked." },
        style: { type: "string", enum: ["default", "primary", "danger"] },
        input: { type: "boolean", description: "Opens a dialog for a text of the user's own." },
      },
      required: ["text", "callback_data"],
    },
  },
};

/** What the message tool may do with buttons; `buttons` is told to the agent where the capability `inlineButtons` is set. */
export function buttonDiscovery(
  accounts: readonly Pick<MattermostAccount, "capabilities">[],
): Pick<ChannelMessageToolDiscovery, "capabilities" | "schema"> {
  const inline = accounts.some(({ capabilities }) => capabilities.some((each) => /^inlinebuttons$/i.test(each)));
  return {
    capabilities: ["presentation"],
    ...(inline ? { schema: { properties: { buttons: SCHEMA }, actions: ["send"] } } : {}),
  };
}

interface Payload {
  text?: string;
  channelData?: Record<string, unknown>;
}

/** The payload of a send with its `buttons` parameter put in. Throws, in words for the agent, if that cannot be read. */
export function withButtonsParam<T extends Payload>(payload: T, raw: unknown): T {
  if (raw === undefined || raw === null) return payload;
  const read = buttonsParamSchema.safeParse(typeof raw === "string" ? jsonOf(raw) : raw);
  if (!read.success)
    throw new Error('`buttons` must be rows of buttons, such as [[{"text": "Yes", "callback_data": "yes"}]].');
  const rows: Controls = read.data.map((row) => row.map(buttonOf));
  const controls = [...controlsOf(payload), ...rows.filter((row) => row.length > 0)];
  return { ...payload, channelData: { ...payload.channelData, [CHANNEL_ID]: { controls } } };
}

function buttonOf({ text, callback_data: value, style = "default", input }: z.infer<typeof buttonParamSchema>): Button {
  const common = { type: "button", label: text, style } as const;
  if (!input) return { ...common, means: { kind: "value", value } };
  return { ...common, means: { kind: "text" }, dialog: input === true ? { title: text } : input };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
