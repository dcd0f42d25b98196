import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  builtBundle,
  type Channel,
  type MattermostClient,
  MattermostEvents,
  type Post,
  Stack,
  storedEvents,
} from "@openclaw-mattermost/testbed";

const PATH = "/api/channels/mattermost/command";

interface Registered {
  id: string;
  token: string;
  creator_id: string;
  trigger: string;
  url: string;
}

let stack: Stack;
let alice: MattermostClient;
let town: Channel;
let dm: Channel;
let events: MattermostEvents;

const registered = async (): Promise<Registered[]> =>
  (await stack.adminUser.rest.call<Registered[] | null>(
    "GET",
    `/api/v4/commands?team_id=${stack.team.id}&custom_only=true`,
  )) ?? [];
const ours = async (): Promise<Registered[]> =>
  (await registered()).filter(({ creator_id }) => creator_id === stack.bot.id);

/** Types a command as a client does, and gives the texts that alice alone sees from then on. */
async function type(channel: Channel, command: string, rootId = ""): Promise<() => Post[]> {
  const from = events.seen.length;
  const body = { command, channel_id: channel.id, team_id: stack.team.id, root_id: rootId };
  // Mattermost has a command a moment before the adapter knows its token; until then it is refused.
  await stack.until(`${command} taken`, async () => {
    await alice.rest.call("POST", "/api/v4/commands/execute", body);
    return true;
  });
  return () =>
    events.seen
      .slice(from)
      .filter(({ event }) => event === "ephemeral_message")
      .map(({ data }) => JSON.parse(String(data.post)) as Post);
}

async function privately(channel: Channel, command: string, text: RegExp, rootId = ""): Promise<Post> {
  const seen = await type(channel, command, rootId);
  return stack.until(`what ${command} says to alice`, () => seen().find(({ message }) => text.test(message)));
}

const callback = (form: Record<string, string>, method = "POST"): Promise<Response> =>
  fetch(`${stack.gateway.url}${PATH}`, { method, ...(method === "POST" ? { body: new URLSearchParams(form) } : {}) });

/** Commands that the adapter's inbox let in. */
function arrived(): string[] {
  return storedEvents(stack)
    .map(({ id }) => id)
    .filter((id) => id.startsWith("command.invoked:"));
}

beforeAll(async () => {
  stack = await Stack.start({
    plugin: false,
    mattermost: { ServiceSettings: { AllowedUntrustedInternalConnections: "localhost 127.0.0.1" } },
    channel: { dmPolicy: "open", allowFrom: ["*"], commands: { native: true } },
  });
  alice = stack.user("alice");
  town = await stack.channelWith("town", [alice]);
  dm = await stack.directChannel(alice);
  events = await MattermostEvents.connect(alice);
}, 180_000);

afterAll(async () => {
  events[Symbol.dispose]();
  await stack[Symbol.asyncDispose]();
});

describe("commands without the plugin", () => {
  it("S3 S16 a bot that may not manage commands is named in log and status, with what to do", async () => {
    for (const said of ["mattermost: failed to register slash commands", "no commands could be registered"])
      await stack.until(`"${said}" in the log`, () => stack.gateway.tail(200).includes(said));
    const { stdout } = await stack.gateway.cli("channels", "status");
    expect(stdout).toMatch(/Make the bot an admin of the team|works|connected/);
    expect(await ours()).toEqual([]);
  });

  it("S3 commands are registered on the team of the bot, and others' are left as they are", async () => {
    const theirs = { team_id: stack.team.id, trigger: "oc_help", method: "P", url: "http://127.0.0.1:1/theirs" };
    await stack.adminUser.rest.call("POST", "/api/v4/commands", theirs);
    const member = `/api/v4/teams/${stack.team.id}/members/${stack.bot.id}/schemeRoles`;
    await stack.adminUser.rest.call("PUT", member, { scheme_user: true, scheme_admin: true });
    // A change of the config starts the channel anew.
    stack.gateway.patchConfig({ channels: { mattermost: { commands: { native: true, nativeSkills: true } } } });
    const commands = await stack.until("the commands", async () => {
      const all = await ours();
      const there = ["oc_status", "oc_model", "oc_new", "oc_think"];
      return there.every((name) => all.some(({ trigger }) => trigger === name)) && all;
    });
    for (const { url } of commands) expect(url).toBe(`${stack.gateway.url.replace("127.0.0.1", "localhost")}${PATH}`);
    expect((await registered()).filter(({ trigger }) => trigger === "oc_help")).toMatchObject([
      { url: theirs.url, creator_id: stack.adminUser.me.id },
    ]);
    await stack.until("a word in the log", () =>
      stack.gateway.tail(200).includes("Somebody else has commands of these names"),
    );
  });

  it("S3 a command is stored, acknowledged, and answered to the asker alone, in the thread where it was typed", async () => {
    const root = await alice.post(town.id, "a root");
    const before = await alice.getPosts(town.id);
    const count = arrived().length;
    const answer = await privately(town, "/oc_status", /model/i, root.id);
    expect(answer.root_id).toBe(root.id);
    expect(arrived()).toHaveLength(count + 1);
    expect(await alice.getPosts(town.id)).toHaveLength(before.length);
  });

  it("S3 in a direct message the answer is a post, and what was set is set", async () => {
    const since = await alice.post(dm.id, "warm up");
    await stack.answerTo(alice, since, "warm up");
    await type(dm, "/oc_verbose full");
    await stack.answerTo(alice, since, /verbose/i);
    await type(dm, "/oc_status");
    await stack.answerTo(alice, since, /verbose[^\n]*full/i);
  });

  it("S3 where the bot is not a member the asker is told what to do", async () => {
    const apart = await stack.adminUser.createChannel(stack.team.id, "apart");
    await stack.adminUser.addToChannel(apart.id, alice.me.id);
    await privately(apart, "/oc_status", /Add me to it/);
  });

  it("S3 GET is 405, and without Mattermost's current token nothing is let in", async () => {
    expect((await callback({}, "GET")).status).toBe(405);
    const [command] = await ours();
    const form = {
      team_id: stack.team.id,
      channel_id: town.id,
      user_id: alice.me.id,
      command: `/${command?.trigger ?? ""}`,
      text: "",
    };
    const count = arrived().length;
    for (const token of ["", "wrong", (await ours()).at(-1)?.token ?? ""]) {
      const refused = await callback({ ...form, token });
      expect(refused.status).toBe(401);
      expect(await refused.text()).toContain("Unauthorized: invalid command token.");
    }
    expect(arrived()).toHaveLength(count);
  });

  it("S3 a token that was made anew counts, and the old one does not", async () => {
    const status = (await ours()).find(({ trigger }) => trigger === "oc_status");
    await stack.adminUser.rest.call("PUT", `/api/v4/commands/${status?.id ?? ""}/regen_token`);
    const form = {
      team_id: stack.team.id,
      channel_id: town.id,
      user_id: alice.me.id,
      command: "/oc_status",
      token: status?.token ?? "",
    };
    expect((await callback(form)).status).toBe(401);
    await stack.until("the new token is known", async () => {
      const seen = await type(town, "/oc_status").catch(() => () => []);
      return stack
        .until("an answer", () => seen().find(({ message }) => /model/i.test(message)), 8_000)
        .catch(() => false);
    });
  });

  it("S3 when the plugin is linked its commands take over, and left-over ones of ours are removed", async () => {
    await stack.admin.uploadPlugin(builtBundle());
    await stack.admin.enablePlugin(stack.pluginId);
    await stack.until("ours are removed", async () => (await ours()).length === 0, 120_000);
    expect((await registered()).map(({ trigger }) => trigger)).toEqual(["oc_help"]);
    await stack.until(
      "the plugin's command answers",
      async () => {
        const seen = await type(town, "/oc_status").catch(() => () => []);
        return stack
          .until("an answer", () => seen().find(({ message }) => /model/i.test(message)), 8_000)
          .catch(() => false);
      },
      120_000,
    );
  });
});
