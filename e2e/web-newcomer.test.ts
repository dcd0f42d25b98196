import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import {
  buildClient,
  builtAdapter,
  type Channel,
  Gateway,
  type MattermostClient,
  type Page,
  Stack,
  TestBrowser,
} from "@openclaw-mattermost/testbed";

/** A newcomer's hour: Mattermost with the plugin uploaded and enabled, a gateway host with OpenClaw, and nothing else. */
let stack: Stack;
let gateway: Gateway;
let browser: TestBrowser;
let admin: Page;
let page: Page;
let alice: MattermostClient;
let dm: Channel;

const posts = () => page.locator("#app-content .post");
const say = async (text: string) => {
  await page.fill("#post_textbox", text);
  await page.press("#post_textbox", "Enter");
};
const search = () => page.getByRole("combobox", { name: "Search commands and skills" });
const settings = async () => {
  const { PluginSettings, ServiceSettings } = (await stack.admin.config()) as {
    PluginSettings: { Plugins: Record<string, Record<string, unknown>> };
    ServiceSettings: { AllowedUntrustedInternalConnections: string };
  };
  return { plugin: PluginSettings.Plugins[stack.pluginId] ?? {}, service: ServiceSettings };
};

beforeAll(async () => {
  stack = await Stack.start({ adapter: false, client: await buildClient() });
  alice = stack.user("alice");
  dm = await stack.directChannel(alice);
  gateway = await Gateway.prepare(stack.run, {
    model: { kind: "stub", baseUrl: stack.model.baseUrl },
    installFresh: true,
    name: "newcomer",
  });
  browser = await TestBrowser.start();
  admin = await browser.open(stack.adminUser, `/admin_console/plugins/plugin_${stack.pluginId}`);
}, 180_000);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

afterEach(() => {
  expect(browser.takeErrors()).toEqual([]);
});

describe("a newcomer's hour", () => {
  it("N3 N2 the lines that System Console shows make the link, without an open port or an address", async () => {
    await admin.getByText("No gateway has said hello yet").waitFor();
    await admin.getByRole("button", { name: "Create token and show the lines" }).click();
    const shown = (await admin.getByLabel("Lines to paste on the gateway host").textContent()) ?? "";
    for (const line of shown.trim().split("\n")) {
      const [program, ...args] = line.replace(/npm-pack:\S+/, `npm-pack:${builtAdapter()}`).split(" ");
      expect(program).toBe("openclaw");
      const { code, stderr } = await gateway.cli(...args);
      expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
    }
    // The test's server is on this machine, which the guard against internal addresses asks about.
    await gateway.configureAndStart({
      channel: { network: { dangerouslyAllowPrivateNetwork: true }, capabilities: ["inlineButtons"] },
    });
    await admin.getByText("Pulled by the gateway, no open port needed").waitFor({ timeout: 60_000 });
    await admin.getByText("Linked and delivering").waitFor();
  });

  it("S7 hello in a direct message is answered by a pairing code, and after approval by the agent", async () => {
    page = await browser.open(alice, "/acme/messages/@openclaw");
    await say("hello");
    await posts()
      .getByText(/pairing/i)
      .first()
      .waitFor({ timeout: 60_000 });
    const panel = await browser.open(stack.adminUser, "/acme/channels/town-square");
    await panel.locator("#post_textbox").waitFor();
    await panel.keyboard.press("Control+Alt+o");
    await panel.getByText("@alice", { exact: true }).waitFor({ timeout: 60_000 });
    await panel.getByRole("button", { name: "Approve" }).click();
    await panel.getByRole("heading", { name: "Waiting for pairing" }).waitFor({ state: "detached", timeout: 60_000 });
    await panel.context().close();
    await stack.until("an answer", async () => {
      const again = await alice.post(dm.id, "hello again");
      return stack.answerTo(alice, again, "echo: hello again", 5_000).catch(() => undefined);
    });
  });

  it("N15 C2 the model is chosen in the panel, and a skill is run by its form", async () => {
    await page.keyboard.press("Control+Alt+o");
    await page.getByText("@openclaw is there").waitFor();
    await search().fill("model");
    await page.keyboard.press("Enter");
    const form = page.getByRole("form", { name: "/oc_model" });
    await form.getByRole("combobox").selectOption("stub/echo-1");
    await form.getByRole("button", { name: "Run" }).click();
    await posts()
      .getByText(/model.*stub\/echo-1/i)
      .first()
      .waitFor({ timeout: 60_000 });
    await search().fill("weather");
    await page.keyboard.press("Enter");
    await page.getByRole("form", { name: "/oc_weather" }).getByRole("textbox").fill("in Vienna");
    await page.getByRole("button", { name: "Run" }).click();
    await stack.model.seen("in Vienna");
  });

  it("N7 a run is stopped from the panel", async () => {
    // What ran before is over, also for the panel.
    await stack.until("the skill's answer", async () =>
      (await alice.getPosts(dm.id)).some(
        ({ user_id: by, message }) => by === stack.bot.id && message.includes("in Vienna"),
      ),
    );
    await page.getByRole("heading", { name: "Running now" }).waitFor({ state: "detached" });
    stack.model.script("count to a million", { text: "one million", delayMs: 120_000 }, 1);
    await say("count to a million");
    await stack.model.seen("count to a million");
    await page.getByTestId("openclaw-panel").getByRole("button", { name: "Stop" }).click();
    await page.getByRole("heading", { name: "Running now" }).waitFor({ state: "detached" });
    await posts()
      .getByText(/stopped|aborted/i)
      .first()
      .waitFor();
  });

  it("S12 N4 a button of the agent is clicked, and the line in its place says so", async () => {
    const buttons = [[{ text: "Yes", callback_data: "yes-please" }]];
    const args = { action: "send", channel: "mattermost", target: `user:${alice.me.id}`, message: "Shall I?", buttons };
    stack.model.script("offer me a choice", [{ tool: { name: "message", args } }, { text: "NO_REPLY" }], 1);
    await say("offer me a choice");
    await page.getByRole("button", { name: "Yes" }).click({ timeout: 60_000 });
    await stack.until("the agent is told", () => stack.model.texts.some((text) => text.includes("yes-please")));
    await page.getByRole("button", { name: "Yes" }).waitFor({ state: "detached" });
  });

  it("N4 a gateway restart takes nothing away, and what is typed meanwhile runs once", async () => {
    await gateway.stop();
    await search().fill("status");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.getByText("/oc_status was sent.").waitFor();
    await gateway.start();
    await stack.until("the answer, with the model that was chosen", async () =>
      (await alice.getPosts(dm.id)).some(
        ({ message }) => /status|model/i.test(message) && message.includes("stub/echo-1"),
      ),
    );
    await page.getByText("@openclaw is there").waitFor({ timeout: 90_000 });
    const again = await alice.post(dm.id, "still friends?");
    await stack.answerTo(alice, again, "echo: still friends?");
    const { plugin, service } = await settings();
    expect(plugin["gatewayurl"] ?? "").toBe("");
    expect(service.AllowedUntrustedInternalConnections).toBe("");
  });
});
