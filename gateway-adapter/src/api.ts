import { buildButtonAttachments as build } from "./interactions/attachments.ts";

export type { ActionAttachment, ButtonSpec } from "./interactions/attachments.ts";

type Params = Parameters<typeof build>[0];

/**
 * Signed buttons for `props.attachments` of a post, for scripts and other plugins. Clicks go to `callbackUrl`,
 * `https://<gateway>/mattermost/interactions/<account id>`. `botToken` is that of the account's bot; where it is not given,
 * `MATTERMOST_BOT_TOKEN` is taken. Throws without either.
 */
export function buildButtonAttachments(
  params: Omit<Params, "botToken"> & { botToken?: string },
): ReturnType<typeof build> {
  const botToken = params.botToken?.trim() || process.env.MATTERMOST_BOT_TOKEN?.trim();
  if (!botToken) throw new Error("Buttons are signed with the bot token: pass botToken, or set MATTERMOST_BOT_TOKEN.");
  return build({ ...params, botToken });
}
