import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventsPath } from "@openclaw-mattermost/contract";
import {
  type Channel,
  type MattermostClient,
  MattermostRefusal,
  mattermostRest,
  Stack,
} from "@openclaw-mattermost/testbed";

interface LinkCard {
  bot: { user_id: string; own: boolean };
  link: { state: string; message: string };
  gateway_id: string;
  account: string;
  adapter_version: string;
  openclaw_version: string;
  url: string;
  delivery: {
    state: string;
    transport: string;
    delivered: number;
    pending: number;
    dead: number;
    overflowed: number;
    last_error: { code: string; message: string } | null;
  };
}

let stack: Stack;
let alice: MattermostClient;
let town: Channel;

const card = async (): Promise<LinkCard> => {
  const { links } = await stack.adminUser.plugin<{ links: LinkCard[] }>(stack.pluginId, "GET", "/api/v1/admin/status");
  const own = links.find((link) => link.bot.own);
  if (!own) throw new Error("the own bot has no link");
  return own;
};
/** Waits until each text has reached the agent: alone, or together with its neighbours while a run was busy. */
const allSeen = (texts: readonly string[]): Promise<unknown> =>
  stack.until(
    "every text seen by the agent",
    () => {
      const seen = stack.model.requests.map((request) => JSON.stringify(request)).join();
      return texts.every((text) => seen.includes(text));
    },
    180_000,
  );
const asBot = (method: string, path: string, body?: object) =>
  mattermostRest(stack.mattermost.url, stack.bot.token).call<Record<string, unknown>>(
    method,
    `/plugins/${stack.pluginId}/api/v1${path}`,
    body,
  );
const asNobody = (method: string, path: string, body?: object) =>
  mattermostRest(stack.mattermost.url, "").call(method, `/plugins/${stack.pluginId}/api/v1${path}`, body);
const refusalOf = async (call: Promise<unknown>): Promise<number> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof MattermostRefusal) return error.status;
    throw error;
  }
  return 200;
};

beforeAll(async () => {
  stack = await Stack.start({ channel: { chatmode: "onmessage" } });
  alice = stack.user("alice");
  town = await stack.channelWith("town", [alice]);
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("the link on real parts", () => {
  it("N3 the bot token alone makes the link: keys, ids and versions are exchanged by themselves", async () => {
    const link = await card();
    expect(link).toMatchObject({ link: { state: "linked" }, account: "default", delivery: { state: "ready" } });
    expect(link.gateway_id).not.toBe("");
    expect(link.adapter_version).not.toBe("");
    expect(link.openclaw_version).toMatch(/^\d{4}\./);
  });

  it("N3 a second hello changes nothing", async () => {
    const before = await card();
    const hello = {
      protocols: [1],
      gateway_id: before.gateway_id,
      account: before.account,
      adapter_version: before.adapter_version,
      openclaw_version: before.openclaw_version,
      proposed_url: "",
      capabilities: [],
      sent_at: Date.now(),
    };
    const first = await asBot("POST", "/hello", hello);
    const second = await asBot("POST", "/hello", hello);
    expect(second.jwks).toEqual(first.jwks);
    const after = await card();
    // What moves by itself: when was last swept, when was last greeted.
    const moving = { last_hello_at: 0, clock_skew_ms: 0, proposed_url: "", journal: undefined };
    expect({ ...after, ...moving }).toEqual({ ...before, ...moving });
    const post = await alice.post(town.id, "still there");
    await stack.answerTo(alice, post, "still there");
  });

  it("N3 hello is refused to nobody, to people, to other protocols and to large bodies", async () => {
    const hello = {
      protocols: [1],
      gateway_id: "gateway-0001",
      account: "default",
      adapter_version: "1",
      sent_at: Date.now(),
    };
    expect(await refusalOf(asNobody("POST", "/hello", hello))).toBe(401);
    expect(await refusalOf(alice.plugin(stack.pluginId, "POST", "/api/v1/hello", hello))).toBe(403);
    expect(await refusalOf(asBot("POST", "/hello", { ...hello, protocols: [2] }))).toBe(409);
    expect(await refusalOf(asBot("POST", "/hello", { ...hello, openclaw_version: "x".repeat(70_000) }))).toBe(413);
    expect(await refusalOf(asBot("POST", "/hello", { ...hello, gateway_id: "?" }))).toBe(422);
    expect(await refusalOf(asBot("POST", "/challenge", { challenge: "not-a-challenge-of-ours" }))).toBe(404);
  });

  it("C5 admin routes are closed to everybody but admins", async () => {
    for (const [method, path] of [
      ["GET", "/admin/status"],
      ["POST", "/admin/token"],
      ["POST", "/keys/rotate"],
      ["POST", `/admin/links/${stack.bot.id}/remove`],
    ] as const) {
      expect(await refusalOf(asNobody(method, path, method === "POST" ? {} : undefined))).toBe(401);
      expect(
        await refusalOf(alice.plugin(stack.pluginId, method, `/api/v1${path}`, method === "POST" ? {} : undefined)),
      ).toBe(403);
      expect(await refusalOf(asBot(method, path, method === "POST" ? {} : undefined))).toBe(403);
    }
  });

  it("C3 the webhook is closed to everything that the plugin did not sign", async () => {
    const url = `${stack.gateway.url}${eventsPath("default")}`;
    const call = async (init: RequestInit): Promise<[number, string]> => {
      const response = await fetch(url, init);
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    const headers = { "content-type": "application/json" };
    expect(await call({ method: "POST", headers, body: "{}" })).toEqual([401, "token.missing"]);
    expect(
      await call({ method: "POST", headers: { ...headers, "x-openclaw-signature": "a.b.c" }, body: "{}" }),
    ).toEqual([401, "token.malformed"]);
    expect(await call({ method: "GET" })).toEqual([405, "method.not_allowed"]);
    const other = await fetch(`${stack.gateway.url}${eventsPath("nobody")}`, { method: "POST", headers, body: "{}" });
    expect(other.status).toBe(404);
  });

  it("C3 keys rotate under traffic and nothing is lost", async () => {
    const quiet = await stack.channelWith("rotation", [alice]);
    const before = await card();
    const texts = Array.from({ length: 60 }, (_, i) => `rotation ${String(i)} end`);
    for (const [i, text] of texts.entries()) {
      await alice.post(quiet.id, text);
      if (i % 20 === 10) await stack.adminUser.plugin(stack.pluginId, "POST", "/api/v1/keys/rotate", {});
    }
    await stack.until("everything delivered", async () => {
      const { delivery } = await card();
      return delivery.pending === 0 && delivery.delivered >= before.delivery.delivered + texts.length;
    });
    const jwks = (await asNobody("GET", "/jwks.json")) as { keys: unknown[] };
    expect(jwks.keys.length).toBeGreaterThanOrEqual(4);
    expect((await card()).delivery).toMatchObject({ dead: 0, overflowed: 0, state: "ready" });
    await allSeen(texts);
  });

  it("C3 keys are revoked under traffic: nothing is lost, and the old one is refused within a second", async () => {
    const quiet = await stack.channelWith("revocation", [alice]);
    const before = await card();
    const texts = Array.from({ length: 40 }, (_, i) => `revocation ${String(i)} end`);
    for (const [i, text] of texts.entries()) {
      await alice.post(quiet.id, text);
      if (i % 20 === 10) await stack.adminUser.plugin(stack.pluginId, "POST", "/api/v1/keys/revoke", {});
    }
    const jwks = (await asNobody("GET", "/jwks.json")) as { keys: unknown[] };
    expect(jwks.keys).toHaveLength(1);
    await stack.until("everything delivered", async () => {
      const { delivery } = await card();
      return delivery.pending === 0 && delivery.delivered >= before.delivery.delivered + texts.length;
    });
    expect((await card()).delivery).toMatchObject({ dead: 0, overflowed: 0, state: "ready" });
    await allSeen(texts);
  });

  it("N3 C5 a link that was ended is made again by one confirmation, or by itself for the own bot", async () => {
    await stack.adminUser.plugin(stack.pluginId, "POST", `/api/v1/admin/links/${stack.bot.id}/remove`, {});
    expect((await card()).gateway_id).toBe("");
    const post = await alice.post(town.id, "said while there was no link");
    await stack.gateway.restart();
    await stack.until("the link", async () => (await card()).delivery.state === "ready");
    const again = await alice.post(town.id, "said when it was there again");
    await stack.answerTo(alice, again, "there again");
    expect(post.id).not.toBe(again.id);
  });

  it("N6 a wrong gateway URL is said in words, and everything recovers when it is mended", async () => {
    const right = stack.gateway.url;
    const set = (url: string) => stack.admin.setPluginSettings(stack.pluginId, { GatewayURL: url });
    await set("http://127.0.0.1:1");
    await stack.until("the refusal in the link card", async () =>
      (await card()).delivery.last_error?.message.includes("127.0.0.1:1"),
    );
    // Meanwhile the adapter may pull.
    const wrong = (await card()).delivery;
    expect(wrong.state === "ready" && wrong.transport !== "pull").toBe(false);
    const kept = await alice.post(town.id, "kept while the address was wrong");
    await set("not an address");
    await stack.until("unset", async () => {
      const { state, transport } = (await card()).delivery;
      return state === "unset" || transport === "pull";
    });
    await stack.until("the refusal in words", async () => {
      const path = "/api/v1/admin/status";
      const { problems } = await stack.adminUser.plugin<{ problems: { message: string }[] }>(
        stack.pluginId,
        "GET",
        path,
      );
      return /address|URL/i.test(problems.map(({ message }) => message).join());
    });
    await set(right);
    await stack.answerTo(alice, kept, "kept while the address was wrong");
    expect((await card()).delivery.state).toBe("ready");
  });

  it("S1 S17 L11 channels status --probe tells the link's truth, also when the plugin is away", async () => {
    const well = await stack.gateway.cli("channels", "status", "--probe");
    expect(well.stdout).toMatch(/Mattermost default: enabled, configured, linked, running, connected.*works/);
    await stack.admin.disablePlugin(stack.pluginId);
    const away = await stack.gateway.cli("channels", "status", "--probe");
    expect(away.stdout).toContain("The OpenClaw plugin is not on this server, so events come by WebSocket.");
    await stack.admin.enablePlugin(stack.pluginId);
  });

  it("S1 no secret stands in the gateway's log or the server's", async () => {
    const logs = [stack.gateway.logFile, stack.mattermost.logFile].map((file) => readFileSync(file, "utf8")).join();
    expect(logs).not.toContain(stack.bot.token);
    expect(logs).not.toContain("kept while the address was wrong");
  });
});
