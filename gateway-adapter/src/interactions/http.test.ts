import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createFailureLimiter } from "../receive/failure-limiter.ts";
import { readBody } from "../receive/body.ts";
import { buildButtonAttachments } from "./attachments.ts";
import { createInteractionsApp, type ClickTaker, type HttpClick } from "./http.ts";
import { interactionSecret, withToken } from "./token.ts";

const TOKEN = "bot-token";
const secret = interactionSecret(TOKEN);
const POST = "p".repeat(26);
const TOWN = "t".repeat(26);

let server: Server;
let logged: string[];
let stored: Map<string, HttpClick>;
let account: ClickTaker;
let now = 0;

beforeEach(async () => {
  logged = [];
  stored = new Map();
  const attachments = [
    ...buildButtonAttachments({
      callbackUrl: "http://x",
      botToken: TOKEN,
      buttons: [{ id: "my-button_01", name: "Approve" }],
    }),
    { text: "kept" },
    { actions: [{ id: "pick", name: "Pick", type: "select", options: [{ text: "Red", value: "r" }] }] },
    { actions: [{ id: "again", name: "Again", type: "button" }] },
  ];
  account = {
    accountId: "default",
    secret: () => secret,
    allowsSource: () => true,
    post: async () => ({ channel_id: TOWN, root_id: "", message: "Choose", props: { attachments, other: 1 } }),
    refusal: async () => undefined,
    store: async (click) => {
      if (stored.has(click.id)) return false;
      stored.set(click.id, click);
      return true;
    },
    log: (sentence) => logged.push(sentence),
  };
  const app = createInteractionsApp({
    find: (id) => (id === "default" ? account : id === "resting" ? "stopped" : undefined),
    readBody,
    limiter: createFailureLimiter({ now: () => now, burst: 5 }),
    random: () => `random${String(stored.size)}`,
  });
  server = createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

interface Said {
  status: number;
  body: { error?: string; ephemeral_text?: string; update?: { message: string; props: Record<string, unknown> } };
}
const call = (body: unknown, path = "default", method = "POST"): Promise<Said> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, method, path: `/mattermost/interactions/${path}` }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as Said["body"] }),
      );
    });
    asked.on("error", reject);
    asked.end(typeof body === "string" ? body : JSON.stringify(body));
  });
const click = (context: object, more: object = {}): Promise<Said> =>
  call({ user_id: "u".repeat(26), user_name: "alice", channel_id: TOWN, post_id: POST, context, ...more });
const signed = (context: Record<string, unknown>): object => withToken(secret, context);

describe("S13 buttons without the plugin", () => {
  it("S13 a signed click is stored, then all buttons give way to a line, and a second one is told", async () => {
    const context = signed({ action_id: "mybutton01", action: "approve" });
    const said = await click(context);
    expect(said.status).toBe(200);
    expect(said.body.update).toEqual({
      message: "Choose",
      props: {
        other: 1,
        attachments: [
          { text: "kept" },
          { text: "✓ **Approve** selected by @alice", fallback: "✓ **Approve** selected by @alice" },
        ],
      },
    });
    expect([...stored.values()]).toMatchObject([{ label: "Approve", postId: POST, actionId: "mybutton01" }]);
    expect((await click(context)).body).toEqual({ ephemeral_text: "This was answered already." });
    expect(stored.size).toBe(1);
  });

  it("S13 refuses what is not signed, in the documented words and with what to do", async () => {
    expect(await click({ action_id: "mybutton01" })).toMatchObject({ status: 403, body: { error: "Missing token" } });
    expect(logged.at(-1)).toContain("missing _token in context");
    expect(await click({ action_id: "mybutton01", _token: "0".repeat(64) })).toMatchObject({ status: 403 });
    expect(logged.at(-1)).toContain("invalid _token");
    expect(await click(signed({ action: "approve" }))).toMatchObject({ status: 400 });
    expect(logged.at(-1)).toContain("missing action_id");
    expect(await click(signed({ action_id: "my-button_01" }))).toMatchObject({
      status: 403,
      body: { error: "Unknown action" },
    });
    expect(stored.size).toBe(0);
  });

  it("S13 refuses other methods, bodies, channels and accounts", async () => {
    expect((await call("", "default", "GET")).status).toBe(405);
    expect((await call("{", "default")).status).toBe(400);
    expect((await call({ user_id: "u", channel_id: TOWN, post_id: POST })).status).toBe(400);
    expect((await call("x".repeat(70_000))).status).toBe(413);
    expect((await click(signed({ action_id: "mybutton01" }), { channel_id: "elsewhere" })).status).toBe(403);
    expect((await call({}, "other")).status).toBe(404);
    expect((await call({}, "resting")).status).toBe(503);
    expect((await call({}, "default/more")).status).toBe(404);
  });

  it("S13 L6 a select is signed without its choice, which has to be one that the post offers", async () => {
    const context = signed({ action_id: "pick" });
    expect((await click({ ...context, selected_option: "blue" })).status).toBe(403);
    expect((await click({ ...context, selected_option: "r" })).body.update?.props).toMatchObject({
      attachments: [{ text: "kept" }, { text: "✓ **Red** selected by @alice" }],
    });
    expect([...stored.values()]).toMatchObject([{ option: "r", label: "Red" }]);
  });

  it("S12 a reusable button stays, and each click counts", async () => {
    const context = signed({ action_id: "again", reusable: true });
    expect([(await click(context)).body, (await click(context)).body]).toEqual([{}, {}]);
    expect(stored.size).toBe(2);
  });

  it("L5 refuses a click from elsewhere, and says which setting to change", async () => {
    account.allowsSource = () => false;
    expect((await click(signed({ action_id: "mybutton01" }))).status).toBe(403);
    expect(logged.at(-1)).toMatch(/rejected callback source.*allowedSourceIps.*trustedProxies/);
  });

  it("S13 who may not is told, and what cannot be stored does not count", async () => {
    const context = signed({ action_id: "mybutton01" });
    account.refusal = async () => "Ask Anna.";
    expect((await click(context)).body).toEqual({ ephemeral_text: "Ask Anna." });
    account.refusal = async () => undefined;
    account.store = async () => {
      throw new Error("the disk is full");
    };
    expect((await click(context)).body.ephemeral_text).toContain("does not count");
    expect(stored.size).toBe(0);
  });

  it("S13 slows down whoever keeps failing", async () => {
    for (let n = 0; n < 5; n += 1) await click({ action_id: "mybutton01", _token: "no" });
    expect((await click(signed({ action_id: "mybutton01" }))).status).toBe(429);
    now += 60_000;
    expect((await click(signed({ action_id: "mybutton01" }))).status).toBe(200);
  });
});
