import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** A row of the posts table, with what `posts?since=` goes by. */
export interface FakePost {
  id: string;
  user_id: string;
  channel_id: string;
  root_id: string;
  original_id: string;
  message: string;
  type: string;
  create_at: number;
  update_at: number;
  edit_at: number;
  delete_at: number;
  props: Record<string, unknown>;
  metadata?: { reactions: object[] };
}

const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const SINCE_MAX = 1_000;
const OP_TEXT = 1;
const OP_CLOSE = 8;

/** An id as Mattermost makes them, that can be read in a test; `nameOf` takes it back. */
export const fakeId = (name: string): string => name.padEnd(26, "x");
/** Any text with fake ids in it, in words. */
export const nameOf = (text: string): string => text.replace(/x+(?=:|$)/g, "");

/** For tests: as much of a Mattermost server as the socket needs, over a real port. */
export async function startFakeMattermost() {
  const posts = new Map<string, FakePost>();
  const channels = new Map<string, { id: string; type: string; name: string; team_id: string }>();
  const users = new Map<string, { id: string; username: string; is_bot: boolean; roles: string }>();
  const sockets = new Set<{ stream: Duplex; seq: number }>();
  /** What the socket does when it is asked something: answer, say no, or nothing at all. */
  const mood = { replies: "ok" as "ok" | "fail" | "none", refuse: 0, retryAfter: "", uninvited: false };
  const hidden = new Set<string>();
  const asked: string[] = [];
  const said: { action: string; data?: Record<string, string> }[] = [];

  function page(channelId: string, query: URLSearchParams): object {
    const all = [...posts.values()].filter((post) => post.channel_id === channelId);
    const newestFirst = (a: FakePost, b: FakePost): number => b.create_at - a.create_at || (a.id < b.id ? 1 : -1);
    const since = Number(query.get("since"));
    const before = posts.get(query.get("before") ?? "");
    const rows = since
      ? all.filter((post) => post.update_at > since).slice(0, SINCE_MAX)
      : all
          .filter((post) => post.delete_at === 0 && (!before || post.create_at < before.create_at))
          .sort(newestFirst)
          .slice(0, Number(query.get("per_page")));
    return {
      order: rows.sort(newestFirst).map((row) => row.id),
      posts: Object.fromEntries(rows.map((row) => [row.id, row])),
    };
  }
  const lastPostAt = (id: string): number =>
    Math.max(0, ...[...posts.values()].filter((post) => post.channel_id === id).map((post) => post.create_at));

  function find(url: URL): object | undefined {
    const [, , , kind, id = "", what] = url.pathname.split("/");
    if (hidden.has(id)) return undefined;
    if (kind === "users" && id === "me" && what === "channels")
      return [...channels.values()].map((channel) => ({ ...channel, last_post_at: lastPostAt(channel.id) }));
    if (kind === "users" && id === "me" && what === "teams")
      return mood.uninvited ? [] : [{ id: fakeId("acme"), name: "acme" }];
    if (kind === "users") return users.get(id === "me" ? fakeId("bot") : id);
    if (kind === "teams") return { id, name: "acme" };
    if (kind === "posts") return posts.get(id);
    if (kind === "channels") return what === "posts" ? page(id, url.searchParams) : channels.get(id);
    return undefined;
  }

  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    const url = new URL(req.url ?? "", "http://localhost");
    asked.push(`${url.pathname}${url.search}`);
    const found = mood.refuse ? undefined : find(url);
    const status = mood.refuse || (found ? 200 : 404);
    res.writeHead(status, {
      "content-type": "application/json",
      ...(mood.retryAfter ? { "retry-after": mood.retryAfter } : {}),
    });
    res.end(JSON.stringify(found ?? { id: "api.refused", message: "No." }));
    mood.refuse = mood.retryAfter ? 0 : mood.refuse;
    mood.retryAfter = "";
  });
  server.on("upgrade", (req: IncomingMessage, stream: Duplex) => {
    const key = createHash("sha1")
      .update(`${req.headers["sec-websocket-key"] ?? ""}${WEBSOCKET_GUID}`)
      .digest("base64");
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
    );
    const socket = { stream, seq: 0 };
    stream.on("error", () => undefined);
    stream.on("close", () => sockets.delete(socket));
    stream.on("data", (chunk: Buffer) => {
      for (const { op, text } of frames(chunk)) {
        if (op === OP_CLOSE) stream.end();
        if (op !== OP_TEXT) continue;
        const question = JSON.parse(text) as { seq: number; action: string; data?: Record<string, string> };
        said.push(question);
        if (mood.replies === "none") continue;
        send(stream, { status: mood.replies === "ok" ? "OK" : "FAIL", seq_reply: question.seq });
        if (question.action !== "authentication_challenge") continue;
        sockets.add(socket);
        send(stream, { event: "hello", data: {}, broadcast: { channel_id: "" }, seq: socket.seq++ });
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${String(port)}`,
    mood,
    /** Paths that were asked for by REST. */
    asked,
    /** What came over the socket. */
    said,
    connections: () => sockets.size,
    addUser(name: string, more: { is_bot?: boolean; roles?: string } = {}): void {
      const id = fakeId(name);
      users.set(id, { id, username: name, is_bot: false, roles: "system_user", ...more });
    },
    addChannel(name: string, type = "O"): void {
      channels.set(fakeId(name), { id: fakeId(name), type, name, team_id: fakeId("team") });
    },
    /** Nobody may see this user or channel any more. */
    hide(name: string): void {
      hidden.add(fakeId(name));
    },
    /** Puts a post into the table, with names where there are ids; nobody is told. */
    store(name: string, more: Partial<FakePost> = {}): FakePost {
      const at = more.create_at ?? 1_000;
      const { user_id = "alice", channel_id = "town", root_id = "", original_id = "", ...rest } = more;
      const post: FakePost = {
        ...{ id: fakeId(name), user_id: fakeId(user_id), channel_id: fakeId(channel_id) },
        ...{ root_id: root_id && fakeId(root_id), original_id: original_id && fakeId(original_id) },
        ...{ message: `text of ${name}`, type: "", props: {} },
        ...{ create_at: at, update_at: more.edit_at ?? at, edit_at: 0, delete_at: 0 },
        ...rest,
      };
      posts.set(post.id, post);
      return post;
    },
    /** Takes a post out of the table. */
    forget(name: string): void {
      posts.delete(fakeId(name));
    },
    /** Tells all who are connected; a post or a reaction goes as text, as Mattermost sends it. */
    tell(event: string, channelName: string, data: Record<string, object>): void {
      const texts = Object.fromEntries(Object.entries(data).map(([name, row]) => [name, JSON.stringify(row)]));
      for (const socket of sockets)
        send(socket.stream, { event, data: texts, broadcast: { channel_id: fakeId(channelName) }, seq: socket.seq++ });
    },
    /** The next event is not sent, but counted. */
    skip(): void {
      for (const socket of sockets) socket.seq += 1;
    },
    /** Cuts all connections without a word. */
    cut(): void {
      for (const { stream } of sockets) stream.destroy();
      sockets.clear();
    },
    async stop(): Promise<void> {
      for (const { stream } of sockets) stream.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
export type FakeMattermost = Awaited<ReturnType<typeof startFakeMattermost>>;

/** Short text frames, unmasked: the server's half of RFC 6455. */
function send(stream: Duplex, message: object): void {
  const body = Buffer.from(JSON.stringify(message));
  const head = body.length < 126 ? [0x80 | OP_TEXT, body.length] : [0x80 | OP_TEXT, 126, body.length >> 8, body.length];
  stream.write(Buffer.concat([Buffer.from(head.map((byte) => byte & 0xff)), body]));
}

/** Masked frames as a client sends them; those of the tests arrive whole. */
function frames(chunk: Buffer): { op: number; text: string }[] {
  const found: { op: number; text: string }[] = [];
  for (let at = 0; at < chunk.length;) {
    const short = chunk.readUInt8(at + 1) & 0x7f;
    const length = short === 126 ? chunk.readUInt16BE(at + 2) : short;
    const start = at + (short === 126 ? 4 : 2);
    const mask = chunk.subarray(start, start + 4);
    const body = Buffer.from(chunk.subarray(start + 4, start + 4 + length));
    for (let i = 0; i < body.length; i += 1) body[i] = (body[i] ?? 0) ^ (mask[i % 4] ?? 0);
    found.push({ op: chunk.readUInt8(at) & 0x0f, text: body.toString("utf8") });
    at = start + 4 + length;
  }
  return found;
}
