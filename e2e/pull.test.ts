import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Channel,
  type MattermostClient,
  type Post,
  processorSeconds,
  Stack,
  storedEvents,
} from "@openclaw-mattermost/testbed";

interface Card {
  bot: { user_id: string; own: boolean };
  gateway_id: string;
  delivery: {
    state: string;
    transport: string;
    url: string;
    pending: number;
    dead: number;
    overflowed: number;
    last_error: { message: string } | null;
  };
}

/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:1";

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let dm: Channel;
let quiet: Channel;

const card = async (): Promise<Card> => {
  const { links } = await stack.adminUser.plugin<{ links: Card[] }>(stack.pluginId, "GET", "/api/v1/admin/status");
  const own = links.find((link) => link.bot.own);
  if (!own) throw new Error("the own bot has no link");
  return own;
};
const setUrl = (url: string): Promise<void> => stack.admin.setPluginSettings(stack.pluginId, { GatewayURL: url });
const goesBy = (transport: string, deadlineMs?: number): Promise<unknown> =>
  stack.until(
    `deliveries by ${transport}`,
    async () => {
      const { delivery } = await card();
      return delivery.transport === transport && delivery.state === "ready";
    },
    deadlineMs,
  );

/** What the adapter's inbox let in of a channel, in the order of arrival. */
function arrived(channelId: string): string[] {
  return storedEvents(stack, channelId)
    .map(({ id }) => id)
    .filter((id) => id.startsWith("post.created:"));
}
const idOf = (post: Post): string => `post.created:${post.id}`;

/** Posts of both users, each in order, until `done`; nothing is mentioned, so nothing is answered. */
async function traffic(channel: Channel, done: Promise<unknown>): Promise<Map<string, Post[]>> {
  let over = false;
  const ended = done.finally(() => {
    over = true;
  });
  const made = new Map<string, Post[]>();
  const write = async (user: MattermostClient): Promise<void> => {
    const posts: Post[] = [];
    made.set(user.me.id, posts);
    while (!over || posts.length < 6) posts.push(await user.post(channel.id, `post ${String(posts.length)}`));
  };
  await Promise.all([ended, write(alice), write(bob)]);
  return made;
}

/** Each post is there, once, and each author's posts are in their order. */
async function expectAll(channel: Channel, made: ReadonlyMap<string, readonly Post[]>): Promise<void> {
  const all = [...made.values()].flat().map(idOf);
  expect(all.length).toBeGreaterThan(10);
  await stack.until("every post in the inbox", () => {
    const there = new Set(arrived(channel.id));
    return all.every((id) => there.has(id));
  });
  const there = arrived(channel.id);
  expect(there).toHaveLength(new Set(there).size);
  for (const posts of made.values()) {
    const own = posts.map(idOf);
    expect(there.filter((id) => own.includes(id))).toEqual(own);
  }
  await stack.until("nothing left", async () => (await card()).delivery.pending === 0);
  expect((await card()).delivery).toMatchObject({ dead: 0, overflowed: 0 });
}

beforeAll(async () => {
  stack = await Stack.start({
    webhook: false,
    users: ["alice", "bob"],
    channel: { dmPolicy: "open", allowFrom: ["*"] },
  });
  alice = stack.user("alice");
  bob = stack.user("bob");
  dm = await stack.directChannel(alice);
  quiet = await stack.channelWith("quiet", [alice, bob]);
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

describe("pulling on real parts", () => {
  it("N2 a direct message is answered with no gateway URL at all, and no status calls that wrong", async () => {
    expect((await card()).delivery.url).toBe("");
    await stack.answerTo(alice, await alice.post(dm.id, "no door is open"), "no door is open");
    await goesBy("pull");
    const { stdout } = await stack.gateway.cli("channels", "status", "--probe");
    expect(stdout).toMatch(/Mattermost default: enabled, configured, linked, running, connected.*mode:pull.*works/);
  });

  it("N2 the self-test of a pulled link names its hops", async () => {
    const report = await stack.adminUser.plugin<{ ok: boolean; hops: { name: string; message: string }[] }>(
      stack.pluginId,
      "POST",
      `/api/v1/admin/links/${stack.bot.id}/test`,
      {},
    );
    expect(report.hops.map(({ name }) => name)).toEqual(["pull", "challenge"]);
    expect(report.ok).toBe(true);
  });

  it("N2 an idle pull costs the gateway next to no CPU", async () => {
    // OpenClaw is busy with itself for a while after its start. Asking without a pause takes a whole core in every window.
    const shares: number[] = [];
    while (shares.length < 60 && !shares.some((share) => share < 0.1)) {
      const before = processorSeconds(stack.gateway.pid);
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      shares.push((processorSeconds(stack.gateway.pid) - before) / 3);
    }
    expect(Math.min(...shares)).toBeLessThan(0.1);
  }, 240_000);

  it("N2 a batch that was handed to a gateway which then died is delivered again, once", async () => {
    stack.gateway.freeze();
    const post = await alice.post(quiet.id, "handed to the dying");
    await stack.until("the event on its way", async () => (await card()).delivery.pending > 0);
    await stack.gateway.crash();
    expect(arrived(quiet.id)).not.toContain(idOf(post));
    await stack.gateway.start();
    await stack.until("the post in the inbox", () => arrived(quiet.id).includes(idOf(post)));
    await stack.until("the acknowledgement", async () => (await card()).delivery.pending === 0);
    expect(arrived(quiet.id).filter((id) => id === idOf(post))).toHaveLength(1);
  });

  it("N2 a gateway URL turns pull into push, under traffic, and nothing is lost or doubled", async () => {
    await goesBy("pull");
    const made = await traffic(
      quiet,
      (async () => {
        await setUrl(stack.gateway.url);
        await goesBy("webhook");
      })(),
    );
    await expectAll(quiet, made);
  });

  it("N2 a broken gateway URL turns push into pull, under traffic, and nothing is lost or doubled", async () => {
    await goesBy("webhook");
    const made = await traffic(
      quiet,
      (async () => {
        await setUrl(NOWHERE);
        await goesBy("pull", 60_000);
      })(),
    );
    await expectAll(quiet, made);
    expect((await card()).delivery).toMatchObject({
      url: NOWHERE,
      last_error: { message: expect.stringContaining(NOWHERE) },
    });
    await stack.answerTo(alice, await alice.post(dm.id, "still there"), "still there");
  });

  it("N2 a mended gateway URL turns pull into push again", async () => {
    await setUrl(stack.gateway.url);
    await goesBy("webhook");
    await stack.answerTo(alice, await alice.post(dm.id, "by webhook"), "by webhook");
    expect((await card()).delivery).toMatchObject({ transport: "webhook", dead: 0, last_error: null });
  });

  it("N2 a gateway that wants only pull is never pushed to, and a stranger's pull is refused", async () => {
    stack.gateway.patchConfig({ channels: { mattermost: { transport: "pull" } } });
    await goesBy("pull");
    await stack.answerTo(alice, await alice.post(dm.id, "as I like it"), "as I like it");
    const ask = async (gatewayId: string, token: string): Promise<[number, string]> => {
      const response = await fetch(`${stack.mattermost.url}/plugins/${stack.pluginId}/api/v1/events?wait=0`, {
        headers: { authorization: `Bearer ${token}`, "x-openclaw-gateway": gatewayId },
      });
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    expect(await ask("another-gateway", stack.bot.token)).toEqual([409, "gateway.other"]);
    expect(await ask((await card()).gateway_id, alice.token)).toEqual([403, "bot.required"]);
    expect(await ask((await card()).gateway_id, "")).toEqual([401, "login.required"]);
  });
});
