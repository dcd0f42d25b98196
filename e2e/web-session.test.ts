import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import {
  buildClient,
  type Channel,
  type MattermostClient,
  type Page,
  Stack,
  TestBrowser,
} from "@openclaw-mattermost/testbed";
import { accessibilityProblems } from "./accessibility.ts";
import { takePicture } from "./pictures.ts";

const PANEL = ".OpenClawPanel";
const SLOW = { chunks: Array.from({ length: 600 }, () => "working "), everyMs: 100 };

let stack: Stack;
let browser: TestBrowser;
let alice: MattermostClient;
let bob: MattermostClient;
let town: Channel;
let page: Page;
let allowed: { allowFrom: string[]; groupAllowFrom: string[] };

beforeAll(async () => {
  stack = await Stack.start({ users: ["alice", "bob"], client: await buildClient() });
  alice = stack.user("alice");
  bob = stack.user("bob");
  // Commands are for those whom OpenClaw's policy lets command; everybody else has to be paired.
  allowed = { allowFrom: [alice.me.id], groupAllowFrom: [alice.me.id, bob.me.id] };
  stack.gateway.patchConfig({ channels: { mattermost: allowed } });
  town = await stack.channelWith("engineering", [alice, bob]);
  await stack.answerTo(alice, await alice.post(town.id, "@openclaw warm up"), "warm up");
  const dm = await stack.directChannel(alice);
  await stack.until("alice may command", async () => {
    const since = await alice.post(dm.id, "hello there");
    await alice.rest.call("POST", "/api/v4/commands/execute", {
      command: "/oc_status",
      channel_id: dm.id,
      team_id: stack.team.id,
    });
    return stack.answerTo(alice, since, /model/i, 10_000).catch(() => undefined);
  });
  browser = await TestBrowser.start();
  page = await browser.open(alice, "/acme/channels/engineering", { height: 1150 });
  await page.locator("#post_textbox").waitFor();
  await page.keyboard.press("Control+Alt+o");
}, 180_000);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

afterEach(() => {
  expect(browser.takeErrors()).toEqual([]);
});

describe("the session in the panel", () => {
  it("N15 shows the session of the conversation, and a control sets it", async () => {
    const model = page.getByLabel("Model");
    await stack.until("the session's model", async () => (await model.inputValue()) === "stub/echo-1");
    await page.getByText("Context", { exact: true }).waitFor();
    await page.getByLabel("Thinking").selectOption("off");
    await stack.until(
      "the level that was chosen",
      async () => (await page.getByLabel("Thinking").inputValue()) === "off",
    );
  });

  it("N6 N7 shows what runs with its time, and Stop ends it at once", async () => {
    // What ran before is over, also for the panel.
    await page.getByRole("heading", { name: "Running now" }).waitFor({ state: "detached" });
    stack.model.script("never ending", SLOW, 1);
    await alice.post(town.id, "@openclaw never ending");
    await page.getByRole("heading", { name: "Running now" }).waitFor();
    await page.getByText(/\d:\d\d, for @alice/).waitFor();
    // It is shown before the model is asked.
    const run = await stack.model.seen("never ending");
    expect(await accessibilityProblems(page, PANEL)).toEqual([]);
    await takePicture(page, "panel-run");
    // The answer that grows has one, too.
    await page.getByTestId("openclaw-panel").getByRole("button", { name: "Stop" }).click();
    await page.getByRole("heading", { name: "Running now" }).waitFor({ state: "detached" });
    await stack.until("the model's run cut off", () => run.aborted === true);
  });

  it("N6 a run that ends as its account is set up anew has ended in the panel, too", async () => {
    stack.model.script("set up anew", { chunks: Array.from({ length: 80 }, () => "so it is "), everyMs: 100 }, 1);
    const since = await alice.post(town.id, "@openclaw set up anew");
    await page.getByRole("heading", { name: "Running now" }).waitFor();
    stack.gateway.patchConfig({ channels: { mattermost: { ...allowed, textChunkLimit: 3_900 } } });
    await stack.answerTo(alice, since, "so it is");
    await page.getByRole("heading", { name: "Running now" }).waitFor({ state: "detached" });
  });

  it("N14 who may manage the channel sets when it answers, and everybody's panel shows it", async () => {
    const other = await browser.open(bob, "/acme/channels/engineering");
    await other.locator("#post_textbox").waitFor();
    await other.keyboard.press("Control+Alt+o");
    await other.getByRole("radio", { name: "Default" }).waitFor({ state: "attached" });
    await page.getByText("All", { exact: true }).click();
    await page.getByText("It answers every post.").waitFor();
    await other.getByText("It answers every post.").waitFor();
    await stack.answerTo(bob, await bob.post(town.id, "without a mention"), "echo: without a mention");
    await other.context().close();
  });

  it("N15 lists the sessions of the user, which lead to their channels", async () => {
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("button", { name: /^engineering/ }).waitFor();
  });

  it("N15 a new session is begun after a question", async () => {
    await page.getByRole("button", { name: "New session" }).click();
    const question = page.getByRole("group", { name: /Start anew/ });
    await question.getByRole("button", { name: "New session" }).click();
    await page
      .locator("#app-content .post")
      .getByText(/new session/i)
      .first()
      .waitFor({ timeout: 60_000 });
  });

  it("N15 S7 an admin approves a pairing in the panel, and the one who waited is answered", async () => {
    const dm = await stack.directChannel(bob);
    await stack.answerTo(bob, await bob.post(dm.id, "may I talk?"), /pairing/i);
    const admin = await browser.open(stack.adminUser, "/acme/channels/engineering");
    await admin.locator("#post_textbox").waitFor();
    await admin.keyboard.press("Control+Alt+o");
    await admin.getByText("@bob", { exact: true }).waitFor({ timeout: 60_000 });
    await takePicture(admin, "panel-pairing");
    const request = admin.getByRole("listitem").filter({ hasText: "@bob" });
    await request.getByRole("button", { name: "Approve" }).click();
    await request.waitFor({ state: "detached", timeout: 60_000 });
    await stack.until("bob is answered", async () => {
      await bob.post(dm.id, "and now?");
      return (await bob.getPosts(dm.id)).some(({ message }) => message === "echo: and now?");
    });
    await admin.context().close();
  });
});
