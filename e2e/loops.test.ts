import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, type MattermostClient, MattermostClient as Client, Stack } from "@openclaw-mattermost/testbed";

let stack: Stack;
let alice: MattermostClient;
let town: Channel;

/** The default of `botLoopProtection`. */
const BUDGET = 5;

const asked = (text: string): number => stack.model.texts.filter((each) => each.includes(text)).length;
async function answered(text: string): Promise<void> {
  const marker = await alice.post(town.id, `@openclaw ${text}`);
  await stack.answerTo(alice, marker, text);
}

beforeAll(async () => {
  stack = await Stack.start({
    bots: [{ username: "helper", account: "second" }],
    // Each bot is an agent of its own, as where two of them are meant to talk.
    gateway: {
      agents: { entries: { main: { default: true }, helper: {} } },
      bindings: [{ agentId: "helper", match: { channel: "mattermost", accountId: "second" } }],
    },
  });
  const helper = stack.bots[1]?.id ?? "";
  const confirm = () => stack.adminUser.plugin(stack.pluginId, "POST", `/api/v1/admin/links/${helper}/confirm`, {});
  await stack.until("the second account's link confirmed", () =>
    confirm().then(
      () => true,
      () => false,
    ),
  );
  alice = stack.user("alice");
  town = await stack.channelWith("town", [alice]);
  await answered("warm up");
  const toHelper = await alice.post(town.id, "@helper warm up, too");
  await stack.answerTo(alice, toHelper, "warm up, too");
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("loops on real parts", () => {
  it("N10 two bots that answer each other stop by themselves, and a person's word lets them talk again", async () => {
    stack.model.script("to the helper", { text: "@openclaw your turn, to the first" });
    stack.model.script("to the first", { text: "@helper your turn, to the helper" });
    const said = async (): Promise<number> =>
      (await alice.getPosts(town.id)).filter(({ message }) => message.includes("your turn")).length;

    await alice.post(town.id, "@helper begin, to the helper");
    await stack.until("the two bots silent", () =>
      stack.gateway.tail(500).includes("Two bots answered each other too often"),
    );
    // The person's request, and then what the budget of the pair allows.
    expect(await said()).toBe(1 + BUDGET);
    await answered("marker one");
    expect(await said()).toBe(1 + BUDGET);

    await alice.post(town.id, "@helper once more, to the helper");
    // To the end: what they still say would count in the next test.
    await stack.until("the bots talking again", async () => (await said()) >= 2 * (1 + BUDGET), 120_000);
  });

  it("N10 another bot is answered where it names us, and only there; a webhook never", async () => {
    const { user_id: id } = await stack.admin.createBot("reporter");
    const reporter = await Client.withToken(stack.mattermost.url, await stack.admin.createToken(id));
    await stack.adminUser.addToTeam(stack.team.id, id);
    await stack.adminUser.addToChannel(town.id, id);
    await reporter.post(town.id, "a report for nobody");
    const named = await reporter.post(town.id, "@openclaw a report for you");
    await stack.answerTo(alice, named, "a report for you");
    expect(asked("for nobody")).toBe(0);

    const hook = await stack.adminUser.rest.call<{ id: string }>("POST", "/api/v4/hooks/incoming", {
      channel_id: town.id,
      display_name: "alerts",
    });
    const alert = JSON.stringify({ text: "@openclaw an alert by webhook" });
    expect((await fetch(`${stack.mattermost.url}/hooks/${hook.id}`, { method: "POST", body: alert })).ok).toBe(true);
    await answered("marker two");
    expect(asked("an alert by webhook")).toBe(0);
  });

  it("N10 props that a user sets make nobody a bot, and hide nobody", async () => {
    const props = { from_bot: "true", from_plugin: "true", override_username: "openclaw" };
    const dressed = await alice.post(town.id, "@openclaw dressed up", { props });
    await stack.answerTo(alice, dressed, "dressed up");
    const hidden = { from_webhook: "true" };
    await alice.post(town.id, "@openclaw pretending to be a webhook", { props: hidden });
    await answered("marker three");
    expect(asked("pretending to be a webhook")).toBe(0);
  });

  it("N10 our own posts start nothing, whatever they say", async () => {
    const own = await Client.withToken(stack.mattermost.url, stack.bot.token);
    await own.post(town.id, "@openclaw talking to myself");
    await answered("marker four");
    expect(asked("talking to myself")).toBe(0);
  });
});
