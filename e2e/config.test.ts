import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, type MattermostClient, Stack } from "@openclaw-mattermost/testbed";

type Section = Record<string, unknown> & { accounts?: Record<string, Record<string, unknown>> };

let stack: Stack;
let alice: MattermostClient;
let dm: Channel;
/** Filled in later: the gateway reads it at each start. */
const env: Record<string, string> = {};

const section = (): Section => (stack.gateway.config() as { channels: { mattermost: Section } }).channels.mattermost;
const cli = async (...args: string[]): Promise<{ code: number | null; said: string }> => {
  const { code, stdout, stderr } = await stack.gateway.cli(...args);
  return { code, said: `${stdout}\n${stderr}` };
};
const status = async (): Promise<string> => (await cli("channels", "status", "--probe")).said;
const patch = (mattermost: object, more: object = {}): void =>
  stack.gateway.patchConfig({ channels: { mattermost }, ...more } as never);
const answers = async (text: string): Promise<unknown> => stack.answerTo(alice, await alice.post(dm.id, text), text);

/** Waits until the gateway's log says it; from the moment of the call on, so that earlier lines do not count. */
const logged = (since: number, words: string): Promise<unknown> =>
  stack.until(`the log says ${words}`, () => readFileSync(stack.gateway.logFile, "utf8").slice(since).includes(words));
const logEnd = (): number => readFileSync(stack.gateway.logFile, "utf8").length;

beforeAll(async () => {
  stack = await Stack.start({
    plugin: false,
    gatewayEnv: env,
    channel: { dmPolicy: "open", allowFrom: ["*"], groupPolicy: "allowlist", groupAllowFrom: ["bob"] },
  });
  alice = stack.user("alice");
  dm = await stack.directChannel(alice);
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("the config on real parts", () => {
  it("L11 S16 probe and log tell what works, and what in the config lets nobody in", async () => {
    await answers("first of all");
    const said = await status();
    expect(said).toMatch(/Mattermost default: enabled, configured, running, connected.*works/);
    for (const words of ["An allow-list has entries that are no user ids", "dangerouslyAllowNameMatching to true"]) {
      expect(said).toContain(words);
      await logged(0, words);
    }
  });

  it("L11 S15 channels add refuses what is no address, and adds an account next to the one that is there", async () => {
    const before = section();
    const add = (url: string) =>
      cli("channels", "add", "--channel", "mattermost", "--account", "alerts", "--bot-token", "t", "--http-url", url);
    const refused = await add("chat.example.com");
    expect(refused.code).not.toBe(0);
    expect(refused.said).toContain("is no server address");
    expect(section()).toEqual(before);
    expect((await add("https://alerts.example.com/api/v4/")).code).toBe(0);
    expect(section().accounts?.["alerts"]).toMatchObject({ botToken: "t", baseUrl: "https://alerts.example.com" });
    await answers("the first account still answers");
    // OpenClaw has moved the first account's own values below accounts.default.
    patch({ ...before, accounts: null });
  });

  it("S2 L11 what the schema does not have is refused, and an open door that lets nobody in is named", async () => {
    const before = section();
    // A running gateway that met a broken file may take its time over the next one.
    await stack.gateway.stop();
    patch({ botTokn: "x" });
    expect((await cli("config", "validate")).said).toContain("botTokn");
    const since = logEnd();
    patch({ botTokn: null, allowFrom: null });
    await stack.gateway.start();
    await logged(since, "but allowFrom does not include");
    patch({ allowFrom: ["*"] });
    expect((await cli("config", "validate")).code).toBe(0);
    expect(section()).toEqual(before);
    await answers("well again");
  });

  it("L11 doctor tells of the config, and moves keys of before", async () => {
    await stack.gateway.stop();
    patch({ streaming: "off", allowPrivateNetwork: true, network: null });
    const { said } = await cli("doctor", "--non-interactive");
    expect(said.replaceAll(/[│\s]+/g, " ")).toContain(
      "An allow-list has entries that are no user ids. They match nobody.",
    );
    expect(said).toContain("channels.mattermost.streaming.mode");
    expect(section()).toMatchObject({ streaming: { mode: "off" }, network: { dangerouslyAllowPrivateNetwork: true } });
    expect(section()["allowPrivateNetwork"]).toBeUndefined();
    await stack.gateway.start();
    await answers("after the doctor");
  });

  it("S15 the bot token may be a reference to a secret", async () => {
    const path = join(stack.gateway.home.folder, "secrets.json");
    writeFileSync(path, JSON.stringify({ mattermost: { token: stack.bot.token } }), { mode: 0o600 });
    await stack.gateway.stop();
    patch(
      { botToken: { source: "file", provider: "house", id: "/mattermost/token" } },
      { secrets: { providers: { house: { source: "file", path, mode: "json" } } } },
    );
    await stack.gateway.start();
    await answers("by a secret");
    expect(await status()).toMatch(/Mattermost default: enabled, configured, running, connected.*works/);
  });

  it("L7 S16 a private address is refused, and the refusal names the setting", async () => {
    const since = logEnd();
    patch({ botToken: stack.bot.token, network: { dangerouslyAllowPrivateNetwork: false } });
    await logged(since, "network.dangerouslyAllowPrivateNetwork");
    expect(await status()).toContain("network.dangerouslyAllowPrivateNetwork");
    patch({ network: { dangerouslyAllowPrivateNetwork: true } });
    await answers("let in again");
  });

  it("S16 a wrong token, a wrong address and an absent server are told apart, each with what to do", async () => {
    const cases = [
      [{ botToken: "nonsense" }, "Mattermost does not accept the bot token. Make a new token"],
      [{ botToken: stack.bot.token, baseUrl: `${stack.mattermost.url}/nowhere` }, "Is the server address right?"],
      [{ baseUrl: "http://127.0.0.1:9" }, "Mattermost cannot be reached"],
    ] as const;
    for (const [section, words] of cases) {
      const since = logEnd();
      patch(section);
      await logged(since, words);
    }
    patch({ baseUrl: stack.mattermost.url });
    await answers("all well");
  });

  it("S4 S16 token and address may come from the environment, for the account default only", async () => {
    await stack.gateway.stop();
    env["MATTERMOST_BOT_TOKEN"] = stack.bot.token;
    env["MATTERMOST_URL"] = stack.mattermost.url;
    patch({ botToken: null, baseUrl: null, accounts: { alerts: {} } });
    await stack.gateway.start();
    await answers("from the environment");
    const said = await status();
    expect(said).toMatch(/Mattermost default: .*works/);
    expect(said).toMatch(/Mattermost alerts: .*not configured/);
  });
});
