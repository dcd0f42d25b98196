import {
  BODY_MAX_BYTES,
  challengeSchema,
  GATEWAY_HEADER,
  PLUGIN_API_PATH,
  refusalSchema,
  SIGNATURE_HEADER,
  welcomeSchema,
  type Hello,
  type Jwks,
  type PullAck,
  type Welcome,
  jwksSchema,
} from "@openclaw-mattermost/contract";
import { z } from "zod";
import { MattermostError } from "../errors.ts";

/** How the client reaches the server; `host/fetch.ts` has the guarded one. */
export type Http = (call: {
  url: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  headers: Record<string, string>;
  body?: string;
  timeoutMs: number;
  maxBytes: number;
  signal?: AbortSignal;
}) => Promise<{ status: number; headers: Headers; body: Buffer }>;

export interface ClientDeps {
  /** Without trailing slash. */
  baseUrl: string;
  botToken: string;
  http: Http;
}

const TIMEOUT_MS = 15_000;
/** Added to the time that a pull asks for: the way there and back. */
const PULL_SPARE_MS = 10_000;
const ANSWER_MAX_BYTES = 4 * 1024 * 1024;

const userSchema = z.object({
  id: z.string(),
  username: z.string(),
  is_bot: z.boolean().default(false),
  delete_at: z.number().default(0),
});
const channelSchema = z.object({ id: z.string(), type: z.string(), name: z.string(), team_id: z.string().default("") });
const teamSchema = z.object({ id: z.string(), name: z.string() });
const postSchema = z.object({
  id: z.string(),
  channel_id: z.string(),
  root_id: z.string().default(""),
  create_at: z.number(),
});
const postListSchema = z.object({
  posts: z.record(z.string(), z.object({ id: z.string(), props: z.record(z.string(), z.unknown()).default({}) })),
});
const clientConfigSchema = z.object({
  MaxPostSize: z.string().optional(),
  MaxFileSize: z.string().optional(),
  Version: z.string().optional(),
});
const serverErrorSchema = z.object({
  id: z.string().default(""),
  message: z.string().default(""),
  request_id: z.string().default(""),
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

interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
  timeoutMs?: number;
  maxBytes?: number;
  signal?: AbortSignal;
}
type Method = Parameters<Http>[0]["method"];

export function createMattermostClient({ baseUrl, botToken, http }: ClientDeps) {
  async function send(method: Method, path: string, options: CallOptions): ReturnType<Http> {
    const answer = await http({
      url: `${baseUrl}${path}`,
      method,
      headers: {
        authorization: `Bearer ${botToken}`,
        accept: "application/json",
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
        ...options.headers,
      },
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      maxBytes: options.maxBytes ?? ANSWER_MAX_BYTES,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (answer.status < 200 || answer.status > 299) throw refusal(answer.status, answer.headers, parse(answer.body));
    return answer;
  }

  async function call<T>(method: Method, path: string, schema: z.ZodType<T>, options: CallOptions = {}): Promise<T> {
    const answer = await send(method, path, options);
    const parsed = schema.safeParse(parse(answer.body));
    if (!parsed.success)
      throw new MattermostError("malformed", "The answer is not one of Mattermost's. Is the server address right?", {
        status: answer.status,
        cause: parsed.error,
      });
    return parsed.data;
  }

  const plugin = PLUGIN_API_PATH;
  return {
    /** Anything that can be read. */
    get: <T>(path: string, schema: z.ZodType<T>, options: Pick<CallOptions, "maxBytes" | "signal"> = {}): Promise<T> =>
      call("GET", path, schema, options),
    /** The bot itself. */
    me: () => call("GET", "/api/v4/users/me", userSchema),
    user: (id: string) => call("GET", `/api/v4/users/${encodeURIComponent(id)}`, userSchema),
    userByName: (name: string) => call("GET", `/api/v4/users/username/${encodeURIComponent(name)}`, userSchema),
    channel: (id: string) => call("GET", `/api/v4/channels/${encodeURIComponent(id)}`, channelSchema),
    /** The direct channel of two users; made if it is not there yet. */
    directChannel: (userA: string, userB: string, signal?: AbortSignal) =>
      call("POST", "/api/v4/channels/direct", channelSchema, { body: [userA, userB], ...(signal ? { signal } : {}) }),
    /** The teams of the bot. */
    teams: () => call("GET", "/api/v4/users/me/teams", z.array(teamSchema)),
    channelByName: (teamId: string, name: string) =>
      call(
        "GET",
        `/api/v4/teams/${encodeURIComponent(teamId)}/channels/name/${encodeURIComponent(name)}`,
        channelSchema,
      ),
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
        ...(signal ? { signal } : {}),
      }),
    /** Up to 1,000 posts of a channel that changed since a time, in no order, with the keys of our own sends. */
    postsSince: async (channelId: string, sinceMs: number) => {
      const path = `/api/v4/channels/${encodeURIComponent(channelId)}/posts?since=${String(Math.max(0, sinceMs))}`;
      const { posts } = await call("GET", path, postListSchema);
      return Object.values(posts).map(({ id, props }) => ({
        id,
        deliveryKey: typeof props.openclaw_delivery === "string" ? props.openclaw_delivery : undefined,
      }));
    },
    typing: (channelId: string, rootId: string) =>
      call("POST", "/api/v4/users/me/typing", z.unknown(), {
        body: { channel_id: channelId, ...(rootId ? { parent_id: rootId } : {}) },
        timeoutMs: 5_000,
      }),

    hello: (hello: Hello): Promise<Welcome> => call("POST", `${plugin}/hello`, welcomeSchema, { body: hello }),
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

function parse(body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

const positive = (text: string | undefined): number | undefined => {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
};

function refusal(status: number, headers: Headers, json: unknown): MattermostError {
  const ofPlugin = refusalSchema.safeParse(json);
  const ofServer = serverErrorSchema.safeParse(json);
  const retryAfter = positive(headers.get("retry-after") ?? undefined);
  const serverId = ofPlugin.success ? ofPlugin.data.error.code : ofServer.success ? ofServer.data.id : "";
  const words = ofPlugin.success ? ofPlugin.data.error.message : ofServer.success ? ofServer.data.message : "";
  return new MattermostError("http", `Mattermost answered ${String(status)}${words ? `: ${words}` : "."}`, {
    status,
    serverId,
    requestId:
      ofServer.success && ofServer.data.request_id ? ofServer.data.request_id : (headers.get("x-request-id") ?? ""),
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1_000 }),
  });
}
