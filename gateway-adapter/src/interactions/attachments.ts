import type { Control, Controls } from "./control.ts";
import { interactionSecret, withToken, type ButtonContext } from "./token.ts";

/** An action of an attachment, as Mattermost's `POST /api/v4/posts` takes it in `props.attachments`. */
export interface ActionAttachment {
  text: string;
  actions: {
    id: string;
    type: "button" | "select";
    name: string;
    style?: string;
    options?: { text: string; value: string }[];
    integration: { url: string; context: ButtonContext & { _token: string } };
  }[];
}

/** Mattermost routes a click by the action's id, and knows only letters and digits there. */
export function actionIdOf(value: string): string {
  return value.replace(/[^a-zA-Z0-9]/g, "").slice(0, ACTION_ID_MAX);
}
const ACTION_ID_MAX = 60;

/** A button of a script. `id` becomes the action's id; `context` comes back with the click. */
export interface ButtonSpec {
  id: string;
  name: string;
  style?: "default" | "primary" | "danger";
  context?: Record<string, unknown>;
}

/**
 * Attachments with signed buttons for `props.attachments`, for scripts and other plugins. Clicks arrive at `callbackUrl`, which is
 * `https://<gateway>/mattermost/interactions/<account id>`.
 */
export function buildButtonAttachments(params: {
  callbackUrl: string;
  /** The token of the account's bot. */
  botToken: string;
  buttons: readonly ButtonSpec[];
  text?: string;
}): ActionAttachment[] {
  const secret = interactionSecret(params.botToken);
  const nextId = uniqueIds();
  return [
    {
      text: params.text ?? "",
      actions: params.buttons.map(({ id, name, style, context }) => {
        const actionId = nextId(id);
        return {
          id: actionId,
          type: "button",
          name,
          ...(style ? { style } : {}),
          integration: { url: params.callbackUrl, context: withToken(secret, { ...context, action_id: actionId }) },
        };
      }),
    },
  ];
}

/** Where the clicks of a post go. */
export interface ClickRoute {
  url: string;
  /** Whether a click can open a dialog there. Buttons that need one are left out otherwise. */
  dialogs: boolean;
}

/** The attachments of a post's controls, a row each, signed for the channel that they are posted to. */
export function attachmentsOf(
  controls: Controls,
  place: { route: ClickRoute; botToken: string; channelId: string },
): ActionAttachment[] {
  const { url, dialogs } = place.route;
  const secret = interactionSecret(place.botToken);
  const nextId = uniqueIds();
  const rows = controls.map((row) => row.filter((control) => dialogs || !("dialog" in control)));
  return rows
    .filter((row) => row.length > 0)
    .map((row) => ({
      text: "",
      actions: row.map((control) => {
        const id = nextId(seedOf(control));
        const context = withToken(secret, contextOf(control, id, place.channelId));
        const action = { id, name: control.label, integration: { url, context } };
        return control.type === "button"
          ? { ...action, type: "button", style: control.style }
          : { ...action, type: "select", options: control.options.map(({ label, value }) => ({ text: label, value })) };
      }),
    }));
}

function contextOf(control: Control, id: string, channelId: string): ButtonContext {
  return {
    action_id: id,
    channel_id: channelId,
    means: control.means,
    ...("dialog" in control ? { dialog: control.dialog } : {}),
    ...("reusable" in control ? { reusable: control.reusable } : {}),
  };
}

function seedOf({ means, label }: Control): string {
  return means.kind === "value" ? means.value : label;
}

/** Ids that are not empty and differ from each other. */
function uniqueIds(): (wanted: string) => string {
  const used = new Set<string>();
  return (wanted) => {
    const base = actionIdOf(wanted) || "button";
    let id = base;
    for (let n = 2; used.has(id); n += 1) id = `${base}${String(n)}`;
    used.add(id);
    return id;
  };
}
