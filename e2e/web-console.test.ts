import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import {
  buildClient,
  type Channel,
  MattermostClient,
  type Page,
  Stack,
  TestBrowser,
} from "@openclaw-mattermost/testbed";
import { accessibilityProblems } from "./accessibility.ts";
import { takePicture } from "./pictures.ts";

let stack: Stack;
let browser: TestBrowser;
let alice: MattermostClient;
let town: Channel;
let page: Page;

const path = () => `/admin_console/plugins/plugin_${stack.pluginId}`;
const save = async () => {
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("#saveSetting:disabled").waitFor();
};
/** Saved settings of the plugin, as the server has them. */
const saved = async (): Promise<Record<string, unknown>> => {
  const { PluginSettings } = (await stack.admin.config()) as {
    PluginSettings: { Plugins: Record<string, Record<string, unknown>> };
  };
  return PluginSettings.Plugins[stack.pluginId] ?? {};
};

beforeAll(async () => {
  stack = await Stack.start({
    client: await buildClient(),
    channel: { dmPolicy: "open", allowFrom: ["*"] },
  });
  alice = stack.user("alice");
  town = await stack.channelWith("engineering", [alice]);
  browser = await TestBrowser.start();
  page = await browser.open(stack.adminUser, path(), { height: 1200 });
}, 180_000);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

afterEach(() => {
  expect(browser.takeErrors()).toEqual([]);
});

describe("System Console in a browser", () => {
  it("C5 N6 shows how the link stands, and its self-test passes hop by hop", async () => {
    await stack.answerTo(alice, await alice.post(town.id, "@openclaw hello"), "hello");
    await page.reload();
    await page.getByText("Linked and delivering").waitFor();
    for (const fact of ["Signed webhook, pushed by this server", "up to date", "@openclaw (this plugin’s own bot)"])
      await page.getByText(fact).waitFor();
    await page.getByRole("button", { name: "Test now" }).click();
    await page.getByText("Every step works.").waitFor();
    await takePicture(page, "console");
  });

  it("N3 shows the lines to paste on the gateway host, with a token that works", async () => {
    await page.getByRole("button", { name: "Create token and show the lines" }).click();
    const lines = await page.getByLabel("Lines to paste on the gateway host").textContent();
    const token = /--bot-token (\S+)/.exec(lines ?? "")?.[1] ?? "";
    const { me } = await MattermostClient.withToken(alice.url, token);
    expect(me).toMatchObject({ username: "openclaw" });
    await page.reload();
    await page.getByText("Linked and delivering").waitFor();
    expect(await page.getByText(token).count()).toBe(0);
  });

  it("C3 keys are rotated after a question, and deliveries go on", async () => {
    await page.getByRole("button", { name: "Rotate keys" }).click();
    const question = page.getByRole("group", { name: /Sign with a new key/ });
    await question.getByRole("button", { name: "Rotate keys" }).click();
    await page.getByText("A new key signs from now on.").waitFor();
    await stack.answerTo(alice, await alice.post(town.id, "@openclaw after the rotation"), "after the rotation");
  });

  it("C5 a single command is switched off and on again", async () => {
    await page.getByRole("checkbox", { name: /oc_usage/ }).uncheck();
    await save();
    expect(await saved()).toMatchObject({ commandsoff: "oc_usage" });
    const { commands } = await alice.plugin<{ commands: { name: string }[] }>(
      stack.pluginId,
      "GET",
      "/api/v1/me/catalogue",
    );
    expect(commands.map(({ name }) => name)).not.toContain("usage");
    await page.getByRole("checkbox", { name: /oc_usage/ }).check();
    await save();
    expect(await saved()).toMatchObject({ commandsoff: "" });
  });

  it("C5 what is wrong is said, and is not saved", async () => {
    const before = await saved();
    const url = page.getByRole("textbox", { name: "Gateway URL" });
    const right = await url.inputValue();
    await url.fill("gateway.example.com");
    await page.getByText("This is no address.").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Gateway URL: This is no address.").waitFor();
    await url.fill(right);
    const minutes = page.getByRole("spinbutton", { name: "Keep commands" });
    await minutes.fill("0");
    await page.getByText("A whole number from 1 to 1440 is needed.").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Keep commands: A whole number").waitFor();
    expect(await saved()).toEqual(before);
    await minutes.fill("30");
    await save();
    expect(await saved()).toMatchObject({ keepminutes: 30 });
  });

  it("C5 another bot receives nothing until an admin confirms it here", async () => {
    const { user_id: id } = await stack.admin.createBot("clawdette");
    const token = await stack.admin.createToken(id);
    const hello = {
      protocols: [1],
      gateway_id: "gateway-0002",
      account: "second",
      adapter_version: "0.1.0",
      openclaw_version: "2026.9.6",
      proposed_url: "",
      capabilities: [],
      sent_at: Date.now(),
    };
    const said = await fetch(`${alice.url}/plugins/${stack.pluginId}/api/v1/hello`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify(hello),
    });
    expect(said.ok).toBe(true);
    await page.reload();
    const card = page.getByRole("region", { name: "@clawdette, second" });
    await card.getByText("Waiting for your confirmation").waitFor();
    await card.getByRole("button", { name: "Confirm the link" }).click();
    await card.getByText(/^Linked, /).waitFor();
    await card.getByRole("button", { name: "Remove the link" }).click();
    await card.getByRole("group").getByRole("button", { name: "Remove the link" }).click();
    await card.waitFor({ state: "detached" });
  });

  it("N6 what was given up is listed and tried again", async () => {
    await stack.admin.setPluginSettings(stack.pluginId, { TestKeepSeconds: 3 });
    await stack.gateway.stop();
    await alice.rest.call("POST", "/api/v4/commands/execute", {
      command: "/oc_status",
      channel_id: town.id,
      team_id: stack.team.id,
    });
    await page.reload();
    const given = page.getByRole("listitem").filter({ hasText: "/oc_status" }).filter({ hasText: "so it was not run" });
    await stack.until("the command is given up", async () => {
      await page.getByRole("button", { name: "Look again" }).click();
      return given.isVisible();
    });
    await page.getByText("The gateway cannot be reached").waitFor();
    await takePicture(page, "console-away");
    await stack.admin.setPluginSettings(stack.pluginId, { TestKeepSeconds: 0 });
    await stack.gateway.start();
    await stack.linkByWebhook();
    await given.getByRole("button", { name: "Try again" }).click();
    await given.waitFor({ state: "detached" });
  });

  it("N6 metrics and the support packet tell what happened", async () => {
    const answer = await fetch(`${alice.url}/plugins/${stack.pluginId}/api/v1/metrics`, {
      headers: { Authorization: `Bearer ${stack.adminUser.token}` },
    });
    const text = await answer.text();
    expect(text).toContain(`openclaw_link_up{bot="${stack.bot.id}"} 1`);
    expect(text).toMatch(/openclaw_attempts_total\{bot="\w+",answer="ok"\} [1-9]/);
  });

  it("N17 has names, roles and contrast that axe accepts, wide and narrow, also in German", async () => {
    expect(await accessibilityProblems(page, ".setting")).toEqual([]);
    await page.setViewportSize({ width: 600, height: 1200 });
    expect(await accessibilityProblems(page, ".setting")).toEqual([]);
    await stack.adminUser.rest.call("PUT", "/api/v4/users/me/patch", { locale: "de" });
    await page.reload();
    await page.getByText("Verbunden, Zustellung läuft").waitFor();
    expect(await accessibilityProblems(page, ".setting")).toEqual([]);
  });
});
