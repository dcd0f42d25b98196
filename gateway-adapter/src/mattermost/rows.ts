import { z } from "zod";

/** What is read of Mattermost's rows, as its REST API and its WebSocket send them; everything else is left aside. */

export const reactionRowSchema = z.object({
  post_id: z.string(),
  user_id: z.string(),
  emoji_name: z.string(),
  create_at: z.number().default(0),
  update_at: z.number().default(0),
});
export type ReactionRow = z.infer<typeof reactionRowSchema>;

const fileRowSchema = z.object({ id: z.string(), name: z.string().default(""), size: z.number().default(0) });

export const postRowSchema = z.object({
  id: z.string(),
  user_id: z.string(),
  channel_id: z.string(),
  root_id: z.string().default(""),
  /** Of an earlier version of a post: the id of that post. */
  original_id: z.string().default(""),
  message: z.string().default(""),
  type: z.string().default(""),
  create_at: z.number(),
  edit_at: z.number().default(0),
  delete_at: z.number().default(0),
  file_ids: z.array(z.string()).nullish(),
  props: z.record(z.string(), z.unknown()).nullish(),
  /** As REST sends it. */
  metadata: z
    .object({ reactions: z.array(reactionRowSchema).nullish(), files: z.array(fileRowSchema).nullish() })
    .nullish(),
  is_pinned: z.boolean().default(false),
});
export type PostRow = z.infer<typeof postRowSchema>;

export const userRowSchema = z.object({
  id: z.string(),
  username: z.string(),
  nickname: z.string().default(""),
  first_name: z.string().default(""),
  last_name: z.string().default(""),
  roles: z.string().default(""),
  is_bot: z.boolean().default(false),
  delete_at: z.number().default(0),
});

export const channelRowSchema = z.object({
  id: z.string(),
  type: z.enum(["O", "P", "D", "G"]),
  name: z.string(),
  display_name: z.string().default(""),
  team_id: z.string().default(""),
  last_post_at: z.number().default(0),
});
export type ChannelRow = z.infer<typeof channelRowSchema>;

export const teamRowSchema = z.object({ name: z.string() });

/** `order` is by creation, newest first. */
export const postListSchema = z.object({
  order: z.array(z.string()).nullable(),
  posts: z.record(z.string(), postRowSchema).nullable(),
});
