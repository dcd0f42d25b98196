import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  builtAdapter,
  builtBundle,
  type Channel,
  Gateway,
  type MattermostClient,
  readManifest,
  REPOSITORY,
  Stack,
} from "@openclaw-mattermost/testbed";

/** What an admin and an operator do by hand; the test bed does nothing of it for them. */
let stack: Stack;
let alice: MattermostClient;
let dm: Channel;

const privateNetwork = { network: { dangerouslyAllowPrivateNetwork: true } };
const flags = ["--force", "--accept-capabilities"];

async function linkedTo(gateway: Gateway): Promise<void> {
  await stack.admin.setPluginSettings(stack.pluginId, { GatewayURL: gateway.url });
  await stack.until("the link", async () => {
    const status = await stack.adminUser.plugin<{
      links: { delivery: { state: string; transport: string; url: string } }[];
    }>(stack.pluginId, "GET", "/api/v1/admin/status");
    return status.links.some(
      ({ delivery }) => delivery.state === "ready" && delivery.transport === "webhook" && delivery.url === gateway.url,
    );
  });
}

beforeAll(async () => {
  stack = await Stack.start({ adapter: false });
  alice = stack.user("alice");
  dm = await stack.directChannel(alice);
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("installed as a user installs it", () => {
  it("S1 S2 L11 the packed adapter takes the official channel's place, and one line adds the account", async () => {
    await using gateway = await Gateway.prepare(stack.run, {
      model: { kind: "stub", baseUrl: stack.model.baseUrl },
      adapter: "@openclaw/mattermost@2026.9.5",
      installFresh: true,
      name: "packed",
    });
    const installed = await gateway.cli("plugins", "install", `npm-pack:${builtAdapter()}`, ...flags);
    expect(installed.stdout + installed.stderr).toContain("Installed plugin: mattermost");

    const address = `${stack.mattermost.url}/api/v4/`;
    const added = await gateway.cli(
      "channels",
      "add",
      "--channel",
      "mattermost",
      "--bot-token",
      stack.bot.token,
      "--http-url",
      address,
    );
    expect(added.stdout).toContain('Added Mattermost account "default"');
    expect(gateway.config().channels).toEqual({
      mattermost: expect.objectContaining({ enabled: true, botToken: stack.bot.token, baseUrl: stack.mattermost.url }),
    });

    // The minimal section of the specification, with the address as people paste it.
    const minimal = { enabled: true, botToken: stack.bot.token, baseUrl: address, dmPolicy: "pairing" };
    await gateway.configureAndStart({ channel: { ...minimal, ...privateNetwork } });
    await linkedTo(gateway);
    const listed = await gateway.cli("plugins", "inspect", "mattermost", "--json");
    expect(listed.stdout).toContain(readManifest().version);
    const post = await alice.post(dm.id, "is anybody there");
    await stack.answerTo(alice, post, /pairing/i);
  });

  it("S1 S4 a checkout installs too, and the environment is enough for the account default", async () => {
    await using gateway = await Gateway.prepare(stack.run, {
      model: { kind: "stub", baseUrl: stack.model.baseUrl },
      name: "checkout",
      env: { MATTERMOST_BOT_TOKEN: stack.bot.token, MATTERMOST_URL: stack.mattermost.url },
    });
    const installed = await gateway.cli("plugins", "install", join(REPOSITORY, "gateway-adapter"), ...flags);
    expect(installed.stdout + installed.stderr).toContain("Installed plugin: mattermost");
    await gateway.configureAndStart({
      channel: { enabled: true, dmPolicy: "open", allowFrom: ["*"], ...privateNetwork },
    });
    // The second gateway with this bot's token: the latest hello decides where the events go.
    await linkedTo(gateway);
    const post = await alice.post(dm.id, "and who are you");
    await stack.answerTo(alice, post, "echo: and who are you");
  });

  it("C1 an upgrade by upload keeps keys and links, and removing the plugin stops everything", async () => {
    const before = await stack.adminUser.plugin<{ links: { gateway_id: string }[] }>(
      stack.pluginId,
      "GET",
      "/api/v1/admin/status",
    );
    await stack.admin.uploadPlugin(builtBundle());
    await stack.admin.enablePlugin(stack.pluginId);
    const after = await stack.adminUser.plugin<{ links: { gateway_id: string }[] }>(
      stack.pluginId,
      "GET",
      "/api/v1/admin/status",
    );
    expect(after.links.map((link) => link.gateway_id)).toEqual(before.links.map((link) => link.gateway_id));
    await stack.admin.removePlugin(stack.pluginId);
    expect((await stack.admin.pluginStates()).some((state) => state.plugin_id === stack.pluginId)).toBe(false);
    await alice.post(dm.id, "nobody listens any more");
  });
});
