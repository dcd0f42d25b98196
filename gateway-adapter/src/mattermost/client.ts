import {
  BODY_MAX_BYTES,
  challengeSchema,
  GATEWAY_HEADER,
  PLUGIN_API_PATH,
  SIGNATURE_HEADER,
  welcomeSchema,
  countingSchema,
  type CommandAnswer,
  type Ephemeral,
  type Hello,
  type Jwks,
  type LiveCall,
  type PanelAnswer,
  type PullAck,
  type RunsCall,
  type Verdict,
  type Welcome,
  jwksSchema,
} from "@openclaw-mattermost/contract";
import { z } from "zod";
import { at, createCalls, positive, type CallDeps, type CallOptions } from "./call.ts";
import { peopleCalls } from "./people.ts";
import { postCalls, PREVIEW_PROP } from "./posts.ts";
import { slashCommandCalls } from "./slash-commands.ts";

const PATIENT = { patient: true } as const;
/** For a whole file. */
const FILE_TIMEOUT_MS = 300_000;
/** Added to the time that a pull asks for: the way there and back. */
const PULL_SPARE_MS = 10_000;

const userSchema = z.object({
  id: z.string(),
  username: z.string(),
  is_bot: z.boolean().default(false),
  delete_at: z.number().default(0),
});
const channelSchema = z.object({ id: z.string(), type: z.string(), name: z.string(), team_id: z.string().default("") });
const fileInfoSchema = z.object({
  id: z.string(),
  name: z.string(),
  size: z.number(),
  mime_type: z.string().default("application/octet-stream"),
});
const teamSchema = z.object({ id: z.string(), name: z.string() });
const postSchema = z.object({
  id: z.string(),
  channel_id: z.string(),
  root_id: z.string().default(""),
  create_at: z.number(),
});
const postWithPropsSchema = postSchema.extend({
  user_id: z.string(),
  message: z.string(),
  props: z.record(z.string(), z.unknown()).default({}),
});
const postListSchema = z.object({
  posts: z.record(z.string(), z.object({ id: z.string(), props: z.record(z.string(), z.unknown()).nullish() })),
});
const clientConfigSchema = z.object({
  MaxPostSize: z.string().optional(),
  MaxFileSize: z.string().optional(),
  Version: z.string().optional(),
});
export type MattermostUser = z.infer<typeof userSchema>;
export type MattermostPost = z.infer<typeof postSchema>;

/** What a pull brought; undefined where nothing happened. */
export interface PulledDelivery {
  token: string | undefined;
  body: Buffer;
}

/** Mattermost's REST API v4 and the plugin's routes, as one bot. Every method throws `MattermostError`. */
export type MattermostClient = ReturnType<typeof createMattermostClient>;

export function createMattermostClient(deps: CallDeps) {
  const { send, call } = createCalls(deps);
  const plugin = PLUGIN_API_PATH;
  return {
    ...peopleCalls(call),
    ...postCalls(call),
    ...slashCommandCalls(call),
    /** Anything that can be read. */
    get: <T>(path: string, schema: z.ZodType<T>, options: Pick<CallOptions, "maxBytes" | "signal"> = {}): Promise<T> =>
      call("GET", path, schema, options),
    /** The bot itself. */
    me: () => call("GET", "/api/v4/users/me", userSchema),
    user: (id: string) => call("GET", at`/api/v4/users/${id}`, userSchema, PATIENT),
    userByName: (name: string) => call("GET", at`/api/v4/users/username/${name}`, userSchema, PATIENT),
    channel: (id: string) => call("GET", at`/api/v4/channels/${id}`, channelSchema, PATIENT),
    /** The direct channel of two users; made if it is not there yet. */
    directChannel: (userA: string, userB: string, signal?: AbortSignal) =>
      call("POST", "/api/v4/channels/direct", channelSchema, { body: [userA, userB], ...(signal ? { signal } : {}) }),
    /** The teams of the bot. */
    teams: () => call("GET", "/api/v4/users/me/teams", z.array(teamSchema), PATIENT),
    channelByName: (teamId: string, name: string) =>
      call("GET", at`/api/v4/teams/${teamId}/channels/name/${name}`, channelSchema, PATIENT),
    /** The server's limits: runes of a post, bytes of a file. */
    limits: async () => {
      const config = await call("GET", "/api/v4/config/client?format=old", clientConfigSchema);
      return {
        postRunes: positive(config.MaxPostSize),
        fileBytes: positive(config.MaxFileSize),
        version: config.Version ?? "",
      };
    },
    /** `pendingPostId` lets the server recognise the same post sent twice within 30 s. */
    createPost: (
      post: {
        channelId: string;
        message: string;
        rootId?: string;
        props?: Record<string, unknown>;
        fileIds?: string[];
        pendingPostId?: string;
      },
      signal?: AbortSignal,
    ) =>
      call("POST", "/api/v4/posts", postSchema, {
        body: {
          channel_id: post.channelId,
          message: post.message,
          ...(post.rootId ? { root_id: post.rootId } : {}),
          ...(post.props ? { props: post.props } : {}),
          ...(post.fileIds?.length ? { file_ids: post.fileIds } : {}),
          ...(post.pendingPostId ? { pending_post_id: post.pendingPostId } : {}),
        },
        ...PATIENT,
        ...(signal ? { signal } : {}),
      }),
    /** A post as the bot sees it: of its buttons not where they lead. */
    postWithProps: (id: string) => call("GET", `/api/v4/posts/${encodeURIComponent(id)}`, postWithPropsSchema),
    /** Changes a post's text and all of its props. */
    rewritePost: (id: string, change: { message: string; props: Record<string, unknown> }) =>
      call("PUT", `/api/v4/posts/${encodeURIComponent(id)}/patch`, postSchema, { body: change }),
    /** Up to 1,000 posts of a channel that changed since a time, in no order, with the keys of our own sends. */
    postsSince: async (channelId: string, sinceMs: number) => {
      const path = at`/api/v4/channels/${channelId}/posts?since=${Math.max(0, sinceMs)}`;
      const { posts } = await call("GET", path, postListSchema, PATIENT);
      return Object.values(posts).map(({ id, props }) => ({
        id,
        deliveryKey: textOf(props?.openclaw_delivery),
        previewKey: textOf(props?.[PREVIEW_PROP]),
      }));
    },
    fileInfo: (id: string) => call("GET", at`/api/v4/files/${id}/info`, fileInfoSchema, PATIENT),
    /** A file's bytes; refused where there are more than `maxBytes`. */
    file: async (id: string, maxBytes: number): Promise<Buffer> =>
      (await send("GET", at`/api/v4/files/${id}`, { maxBytes, timeoutMs: FILE_TIMEOUT_MS, ...PATIENT })).body,
    /** Uploads a file for a post in this channel; its id. */
    uploadFile: async (
      file: { channelId: string; name: string; content: Buffer; contentType: string },
      signal?: AbortSignal,
    ): Promise<string> => {
      const query = new URLSearchParams({ channel_id: file.channelId, filename: file.name }).toString();
      const answer = await call(
        "POST",
        `/api/v4/files?${query}`,
        z.object({ file_infos: z.tuple([fileInfoSchema], fileInfoSchema) }),
        {
          content: { bytes: file.content, type: file.contentType },
          timeoutMs: FILE_TIMEOUT_MS,
          ...PATIENT,
          ...(signal ? { signal } : {}),
        },
      );
      return answer.file_infos[0].id;
    },
    typing: (channelId: string, rootId: string) =>
      call("POST", "/api/v4/users/me/typing", z.unknown(), {
        body: { channel_id: channelId, ...(rootId ? { parent_id: rootId } : {}) },
        timeoutMs: 5_000,
      }),

    hello: (hello: Hello): Promise<Welcome> => call("POST", `${plugin}/hello`, welcomeSchema, { body: hello }),
    /** What a command said; the plugin shows it. It takes an answer once. */
    answerCommand: (id: string, answer: CommandAnswer) =>
      call("POST", `${plugin}${at`/commands/${id}/answer`}`, z.unknown(), { body: answer }),
    /** Whether a choice is allowed; whether it counts then. */
    verdict: async (id: string, verdict: Verdict): Promise<boolean> => {
      const path = `${plugin}${at`/clicks/${id}/verdict`}`;
      return (await call("POST", path, countingSchema, { body: verdict })).counts;
    },
    /** What is under way, for those who look. */
    runs: (said: RunsCall) => call("POST", `${plugin}/runs`, z.unknown(), { body: said, timeoutMs: 5_000 }),
    /** The answer to what a panel asked. */
    answerPanel: (answer: PanelAnswer) =>
      call("POST", `${plugin}/panel/answer`, z.unknown(), { body: answer, timeoutMs: 5_000 }),
    react: (userId: string, postId: string, emoji: string) =>
      call("POST", "/api/v4/reactions", z.unknown(), {
        body: { user_id: userId, post_id: postId, emoji_name: emoji },
        timeoutMs: 5_000,
      }),
    unreact: (userId: string, postId: string, emoji: string) =>
      call("DELETE", `/api/v4/users/${userId}/posts/${postId}/reactions/${encodeURIComponent(emoji)}`, z.unknown(), {
        timeoutMs: 5_000,
      }),
    /** Shows an answer on its way. */
    live: (said: LiveCall) => call("POST", `${plugin}/live`, z.unknown(), { body: said, timeoutMs: 5_000 }),
    /** Shows something to one person alone. */
    ephemeral: (shown: Ephemeral) =>
      call("POST", `${plugin}/ephemeral`, z.unknown(), { body: shown, timeoutMs: 5_000 }),
    pluginStatus: (): Promise<Welcome> => call("GET", `${plugin}/status`, welcomeSchema),
    /** Asks for events, and acknowledges those of the delivery before. The body is as it was signed. */
    pull: async (ask: {
      gatewayId: string;
      waitS: number;
      ack?: PullAck | undefined;
      signal: AbortSignal;
    }): Promise<PulledDelivery | undefined> => {
      const answer = await send(ask.ack ? "POST" : "GET", `${plugin}/events?wait=${String(ask.waitS)}`, {
        ...(ask.ack ? { body: ask.ack } : {}),
        headers: { [GATEWAY_HEADER]: ask.gatewayId },
        timeoutMs: ask.waitS * 1_000 + PULL_SPARE_MS,
        maxBytes: BODY_MAX_BYTES,
        signal: ask.signal,
      });
      if (answer.status === 204) return undefined;
      return { token: answer.headers.get(SIGNATURE_HEADER) ?? undefined, body: answer.body };
    },
    jwks: (): Promise<Jwks> => call("GET", `${plugin}/jwks.json`, jwksSchema, { timeoutMs: 5_000 }),
    challenge: (challenge: string) =>
      call("POST", `${plugin}/challenge`, z.unknown(), {
        body: challengeSchema.parse({ challenge }),
        timeoutMs: 5_000,
      }),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
