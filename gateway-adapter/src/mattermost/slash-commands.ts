import { z } from "zod";
import { at, type Call } from "./call.ts";

/** A custom slash command as Mattermost keeps it. `creator_id` says whose it is. */
const slashCommandSchema = z.object({
  id: z.string(),
  token: z.string().default(""),
  team_id: z.string(),
  creator_id: z.string(),
  trigger: z.string(),
  method: z.string(),
  url: z.string(),
  delete_at: z.number().default(0),
  auto_complete: z.boolean().default(false),
  auto_complete_hint: z.string().default(""),
  auto_complete_desc: z.string().default(""),
});
export type SlashCommand = z.infer<typeof slashCommandSchema>;
/** What a command is made of, or changed to. */
export type SlashCommandWish = Omit<SlashCommand, "id" | "token" | "creator_id" | "delete_at">;

const PATIENT = { patient: true } as const;

/** Custom slash commands, which a bot may handle where it has the right to manage them. */
export const slashCommandCalls = (call: Call) => ({
  slashCommands: async (teamId: string): Promise<SlashCommand[]> => {
    const path = at`/api/v4/commands?team_id=${teamId}&custom_only=true`;
    return (await call("GET", path, z.array(slashCommandSchema).nullable(), PATIENT)) ?? [];
  },
  slashCommand: (id: string) => call("GET", at`/api/v4/commands/${id}`, slashCommandSchema),
  makeSlashCommand: (wish: SlashCommandWish) => call("POST", "/api/v4/commands", slashCommandSchema, { body: wish }),
  changeSlashCommand: (command: SlashCommand) =>
    call("PUT", at`/api/v4/commands/${command.id}`, slashCommandSchema, { body: command }),
  removeSlashCommand: (id: string) => call("DELETE", at`/api/v4/commands/${id}`, z.unknown()),
  /** Answers a command later, for the asker alone, where it was typed. Mattermost takes five answers within 30 minutes. */
  answerHook: (hookId: string, text: string) =>
    call("POST", at`/hooks/commands/${hookId}`, z.unknown(), {
      body: { response_type: "ephemeral", text },
    }),
  /** Whether the bot is in a channel; rejects with 403 or 404 where it is not. */
  ownMembership: (channelId: string) => call("GET", at`/api/v4/channels/${channelId}/members/me`, z.unknown()),
});
export type SlashCommandCalls = ReturnType<typeof slashCommandCalls>;
