import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, MattermostClient, Stack } from "@openclaw-mattermost/testbed";

const CALLERS = ["nobody", "outsider", "member", "guest", "other bot", "linked bot", "admin"] as const;
type Caller = (typeof CALLERS)[number];
type Route = readonly [method: "GET" | "POST", path: string];

const EVERYBODY: readonly Caller[] = CALLERS;
const LOGGED_IN = CALLERS.filter((caller) => caller !== "nobody");
const BOTS: readonly Caller[] = ["other bot", "linked bot"];
const ADMIN: readonly Caller[] = ["admin"];

let stack: Stack;
let town: Channel;
const tokens = new Map<Caller, string>();

/** Whether the plugin lets a caller in; what it then makes of an empty request does not matter. */
async function isLetIn(caller: Caller, [method, path]: Route): Promise<boolean> {
  const token = tokens.get(caller) ?? "";
  const response = await fetch(`${stack.mattermost.url}/plugins/${stack.pluginId}/api/v1${path}`, {
    method,
    headers: { "X-Requested-With": "XMLHttpRequest", ...(token && { Authorization: `Bearer ${token}` }) },
    ...(method === "POST" && { body: "{}" }),
  });
  await response.arrayBuffer();
  if (response.status >= 500) throw new Error(`${method} ${path} as ${caller}: ${String(response.status)}`);
  return response.status !== 401 && response.status !== 403;
}

async function allowed(route: Route): Promise<Caller[]> {
  const verdicts = await Promise.all(CALLERS.map((caller) => isLetIn(caller, route)));
  return CALLERS.filter((_, at) => verdicts[at]);
}

beforeAll(async () => {
  stack = await Stack.start({ users: ["alice", "mallory", "gus"], adapter: false });
  town = await stack.channelWith("town", [stack.user("alice"), stack.user("gus")]);
  await stack.makeGuest(stack.user("gus"));
  const { user_id: id } = await stack.admin.createBot("another");
  tokens
    .set("nobody", "")
    .set("outsider", stack.user("mallory").token)
    .set("member", stack.user("alice").token)
    .set("guest", stack.user("gus").token)
    .set("other bot", await stack.admin.createToken(id))
    .set("linked bot", stack.bot.token)
    .set("admin", stack.adminUser.token);
  const linked = await MattermostClient.withToken(stack.mattermost.url, stack.bot.token);
  await linked.rest.call("POST", `/plugins/${stack.pluginId}/api/v1/hello`, {
    protocols: [1],
    gateway_id: "gateway-0001",
    account: "default",
    adapter_version: "0.1.0",
    sent_at: Date.now(),
  });
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("who may call a route, on a real server", () => {
  it("C5 public keys are for everybody", async () => {
    expect(await allowed(["GET", "/jwks.json"])).toEqual(EVERYBODY);
  });

  it.each<Route>([
    ["POST", "/hello"],
    ["GET", "/status"],
    ["POST", "/challenge"],
    ["POST", "/commands/unknown/answer"],
    ["POST", "/runs"],
    ["POST", "/panel/answer"],
    ["POST", "/live"],
    ["POST", "/ephemeral"],
  ])("N3 %s %s is for bots", async (...route) => {
    expect(await allowed(route)).toEqual(BOTS);
  });

  it.each<Route>([
    ["GET", "/me/catalogue"],
    ["GET", "/me/sessions"],
    ["GET", "/choices/oc/command"],
  ])("C2 %s %s is for all who are logged in", async (...route) => {
    expect(await allowed(route)).toEqual(LOGGED_IN);
  });

  it("N15 the panel is for those who are in the channel", async () => {
    const route: Route = ["GET", `/panel?channel_id=${town.id}`];
    expect(await allowed(route)).toEqual(["member", "guest", "linked bot", "admin"]);
  });

  it("N14 how the bot takes part is for those in the channel whom Mattermost lets manage it", async () => {
    const route: Route = ["POST", `/channels/${town.id}/engagement`];
    expect(await allowed(route)).toEqual(["member", "linked bot", "admin"]);
  });

  it.each<Route>([
    ["GET", "/admin/status"],
    ["GET", "/admin/pairing"],
    ["POST", "/admin/pairing/unknown/approve"],
    ["POST", "/admin/pairing/unknown/deny"],
    ["GET", "/admin/catalogue"],
    ["GET", "/admin/kept"],
    ["POST", "/admin/kept/unknown/replay"],
    ["POST", "/admin/kept/unknown/discard"],
    ["POST", "/admin/links/unknown/confirm"],
    ["POST", "/admin/links/unknown/remove"],
    ["POST", "/admin/links/unknown/test"],
    ["POST", "/admin/token"],
    ["POST", "/keys/rotate"],
    ["GET", "/metrics"],
  ])("C5 %s %s is for system admins", async (...route) => {
    expect(await allowed(route)).toEqual(ADMIN);
  });

  it("C5 a name that the server did not give counts for nothing", async () => {
    const response = await fetch(`${stack.mattermost.url}/plugins/${stack.pluginId}/api/v1/admin/status`, {
      headers: { "Mattermost-User-Id": stack.adminUser.me.id, "X-Requested-With": "XMLHttpRequest" },
    });
    expect(response.status).toBe(401);
  });
});
