import { randomInt } from "node:crypto";
import { mattermostId } from "@openclaw-mattermost/contract";
import { z } from "zod";

/** What Mattermost posts when somebody types a custom slash command. */
const formSchema = z.object({
  token: z.string().default(""),
  team_id: z.union([mattermostId, z.literal("")]).default(""),
  channel_id: mattermostId,
  user_id: mattermostId,
  /** With its slash. */
  command: z.string().regex(/^\/\S{1,128}$/),
  text: z.string().max(16_383).default(""),
  root_id: z.union([mattermostId, z.literal("")]).default(""),
  trigger_id: z.string().max(500).default(""),
  response_url: z.string().max(500).default(""),
});
export type CommandForm = z.infer<typeof formSchema>;

/** Undefined for what is no command of Mattermost's. The token may stand in the header alone. */
export function readForm(body: string, authorization: string | undefined): CommandForm | undefined {
  const form = formSchema.safeParse(Object.fromEntries(new URLSearchParams(body)));
  if (!form.success) return undefined;
  const inHeader = /^Token (\S+)$/i.exec(authorization?.trim() ?? "")?.[1];
  return { ...form.data, token: form.data.token || (inHeader ?? "") };
}

/** Mattermost's own id of this use of the command: it stands at the beginning of the trigger id, which is signed by it. */
export function idOfUse({ trigger_id }: Pick<CommandForm, "trigger_id">): string | undefined {
  const [id] = Buffer.from(trigger_id, "base64").toString("latin1").split(":", 1);
  return mattermostId.safeParse(id).data;
}

/** The id under which Mattermost takes answers to this use. Its address is not taken from the request. */
export function hookIdOf({ response_url }: Pick<CommandForm, "response_url">): string | undefined {
  return /\/hooks\/commands\/([a-z0-9]{26})$/.exec(response_url)?.[1];
}

const ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** An id in Mattermost's form, for a use that came without one. */
export function newMattermostId(): string {
  return Array.from({ length: 26 }, () => ID_CHARACTERS[randomInt(ID_CHARACTERS.length)]).join("");
}
