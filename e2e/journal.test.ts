import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  buildMattermost,
  type Channel,
  type JsonObject,
  Mattermost,
  mattermostAdmin,
  MattermostClient,
  PASSWORD,
  pluginOf,
  type Post,
  Stack,
  storedEvents,
} from "@openclaw-mattermost/testbed";
import pg from "pg";

/**
 * Without the sweep these tests have to fail: `OC_E2E_NO_SWEEP=1` turns it off.
 * It is the plugin's hidden setting `testnosweep`.
 */
const NO_SWEEP = process.env["OC_E2E_NO_SWEEP"] === "1";

interface Card {
  bot: { own: boolean };
  delivery: { delivered: number; pending: number; dead: number };
  journal: { behind_ms: number; found: number; last_sweep_at: number; mode: string } | null;
}

let stack: Stack;
let alice: MattermostClient;
let bob: MattermostClient;
let db: pg.Client;
let made = 0;

const card = async (user = stack.adminUser): Promise<Card> => {
  const { links } = await user.plugin<{ links: Card[] }>(stack.pluginId, "GET", "/api/v1/admin/status");
  const own = links.find((link) => link.bot.own);
  if (!own) throw new Error("the own bot has no link");
  return own;
};
const town = (): Promise<Channel> => stack.channelWith(`town-${String((made += 1))}`, [alice, bob]);

/** The ids that the adapter's inbox let in of a channel, in the order of arrival. */
function arrived(channelId: string): string[] {
  return storedEvents(stack, channelId).map(({ id }) => id);
}
const created = (post: Post): string => `post.created:${post.id}`;
const deleted = (post: Post): string => `post.deleted:${post.id}`;

const allArrived = (channel: Channel, ids: readonly string[], deadlineMs = 60_000): Promise<unknown> =>
  stack.until(
    `all ${String(ids.length)} events in the inbox`,
    () => {
      const there = new Set(arrived(channel.id));
      const missing = ids.filter((id) => !there.has(id));
      if (missing.length > 0) throw new Error(`missing ${String(missing.length)}: ${missing.slice(0, 5).join()}`);
      return true;
    },
    deadlineMs,
  );

/** Those of `ids` that arrived, in the order of arrival. */
const orderOf = (channel: Channel, ids: readonly string[]): string[] =>
  arrived(channel.id).filter((id) => ids.includes(id));

async function stored(key: string): Promise<string> {
  const { rows } = await db.query<{ pvalue: Buffer }>(
    "SELECT pvalue FROM pluginkeyvaluestore WHERE pluginid = $1 AND pkey = $2",
    [stack.pluginId, key],
  );
  return rows[0]?.pvalue.toString() ?? "";
}
const lease = async (): Promise<{ owner: string; epoch: number; node: string }> =>
  JSON.parse(await stored("journal_lease")) as { owner: string; epoch: number; node: string };

beforeAll(async () => {
  stack = await Stack.start({ users: ["alice", "bob"] });
  alice = stack.user("alice");
  bob = stack.user("bob");
  db = new pg.Client({ connectionString: stack.mattermost.dsn });
  db.on("error", () => undefined);
  await db.connect();
  if (NO_SWEEP) await stack.admin.setPluginSettings(stack.pluginId, { TestNoSweep: true });
}, 180_000);

afterAll(async () => {
  await db.end();
  await stack[Symbol.asyncDispose]();
});

describe("the journal on real parts", () => {
  it("N1 N9 what happened while the plugin was disabled arrives, each author's posts in their order", async () => {
    const channel = await town();
    const known = await alice.post(channel.id, "made before, edited twice");
    const doomed = await alice.post(channel.id, "made before, deleted");
    const thread = await alice.post(channel.id, "a thread made before, deleted");
    const replies = [await bob.reply(thread, "one"), await alice.reply(thread, "two")];
    await allArrived(channel, [known, doomed, thread, ...replies].map(created));

    await stack.admin.disablePlugin(stack.pluginId);
    const posts: Post[] = [];
    for (let i = 0; i < 30; i += 1) posts.push(await (i % 2 ? alice : bob).post(channel.id, `while away ${String(i)}`));
    // Its root moves behind the others in the order of changes, and must not in the order of delivery.
    posts.push(await bob.reply(posts[0]!, "an answer to the first"));
    const first = await alice.edit(known.id, "edited once");
    const second = await alice.edit(known.id, "edited twice");
    await alice.delete(doomed.id);
    await stack.adminUser.delete(thread.id);
    const unseen = await alice.post(channel.id, "made and deleted unseen");
    await alice.delete(unseen.id);
    const reaction = await bob.react(known.id, "tada");
    await stack.admin.enablePlugin(stack.pluginId);

    const edits = [first, second].map(({ id, edit_at }) => `post.edited:${id}:${String(edit_at)}`);
    await allArrived(channel, [
      ...posts.map(created),
      ...edits,
      ...[doomed, thread, ...replies, unseen].map(deleted),
      `reaction.added:${known.id}:${bob.me.id}:tada:${String(reaction.update_at)}`,
    ]);
    for (const author of [alice, bob]) {
      const own = posts.filter((post) => post.user_id === author.me.id).map(created);
      expect(orderOf(channel, own)).toEqual(own);
    }
    expect(orderOf(channel, edits)).toEqual(edits);
    // The text of a deleted post does not leave the server.
    expect(arrived(channel.id)).not.toContain(created(unseen));
    const { journal, delivery } = await stack.until("the journal at rest", async () => {
      const now = await card();
      return now.journal?.behind_ms === 0 && now;
    });
    expect(journal).toMatchObject({ mode: "sql" });
    expect(journal?.found).toBeGreaterThanOrEqual(38);
    expect(delivery.dead).toBe(0);
  });

  it("N1 in the steady state a post costs no database write, and nothing is delivered twice", async () => {
    const channel = await town();
    await stack.until("the journal at rest", async () => (await card()).journal?.behind_ms === 0);
    // PostgreSQL's own counters come late, by ten seconds at times.
    await db.query(`
      CREATE SEQUENCE kv_writes;
      CREATE FUNCTION count_kv_write() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM nextval('kv_writes'); RETURN NULL; END $$;
      CREATE TRIGGER count_kv_write AFTER INSERT OR UPDATE OR DELETE ON pluginkeyvaluestore
        FOR EACH ROW EXECUTE FUNCTION count_kv_write()`);
    const writes = async (): Promise<number> => {
      const { rows } = await db.query<{ n: string }>(
        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS n FROM kv_writes",
      );
      return Number(rows[0]?.n);
    };
    const before = { card: await card(), writes: await writes(), at: performance.now() };
    const posts: Post[] = [];
    for (let i = 0; i < 200; i += 1) posts.push(await alice.post(channel.id, `steady ${String(i)}`));
    await allArrived(channel, posts.map(created));
    // Long enough for sweeps at the busy pace to read them all again.
    await pause(13_000);
    const after = await card();
    expect(after.journal?.last_sweep_at).toBeGreaterThan(posts.at(-1)!.create_at);
    expect(after.delivery.delivered - before.card.delivery.delivered).toBe(posts.length);
    expect(after.journal?.found).toBe(before.card.journal?.found);
    // The lease every ten seconds and the cursor every minute, however long it took; 200 posts would be hundreds.
    const written = (await writes()) - before.writes;
    await db.query("DROP TRIGGER count_kv_write ON pluginkeyvaluestore");
    expect(written).toBeLessThan(5 + (performance.now() - before.at) / 5_000);
  });

  it("N1 a killed plugin process loses nothing of what is posted meanwhile", async () => {
    const channel = await town();
    const posts: Post[] = [];
    const plugin = pluginOf(stack);
    for (let i = 0; i < 80; i += 1) {
      if (i === 20) process.kill(plugin, "SIGKILL");
      posts.push(await (i % 2 ? alice : bob).post(channel.id, `around the kill ${String(i)}`));
      await pause(25);
    }
    await allArrived(channel, posts.map(created), 120_000);
    for (const author of [alice, bob]) {
      const own = posts.filter((post) => post.user_id === author.me.id).map(created);
      expect(orderOf(channel, own)).toEqual(own);
    }
    expect(pluginOf(stack)).not.toBe(plugin);
  }, 180_000);

  it("N1 while older posts wait for the gateway, a new one does not overtake them", async () => {
    const channel = await town();
    await stack.gateway.stop();
    const posts: Post[] = [];
    for (let i = 0; i < 25; i += 1) posts.push(await alice.post(channel.id, `gateway down ${String(i)}`));
    await stack.admin.disablePlugin(stack.pluginId);
    for (let i = 0; i < 25; i += 1) posts.push(await alice.post(channel.id, `and plugin off ${String(i)}`));
    await stack.admin.enablePlugin(stack.pluginId);
    for (let i = 0; i < 25; i += 1) posts.push(await alice.post(channel.id, `just enabled ${String(i)}`));
    await stack.gateway.start();
    await allArrived(channel, posts.map(created), 120_000);
    expect(orderOf(channel, posts.map(created))).toEqual(posts.map(created));
  }, 180_000);

  it("N16 two nodes on one database deliver each event once, and one sweeps when the other stands still", async () => {
    const channel = await town();
    const { Plugins } = (await stack.admin.config())["PluginSettings"] as { Plugins: JsonObject };
    await using second = await Mattermost.start(stack.run, {
      binary: await buildMattermost(stack.run.keeper, stack.run.progress),
      dsn: stack.mattermost.dsn,
      name: "mattermost2",
      settings: {
        FileSettings: { Directory: join(stack.mattermost.folder, "data") },
        PluginSettings: { PluginStates: { [stack.pluginId]: { Enable: true } }, Plugins },
      },
    });
    const there = await MattermostClient.login(second.url, "bob", PASSWORD);
    const adminThere = await MattermostClient.login(second.url, "admin", PASSWORD);
    await stack.until("the plugin on the second node", async () =>
      (await mattermostAdmin(adminThere.rest).pluginStates()).some(
        (each) => each.plugin_id === stack.pluginId && each.state === 2,
      ),
    );
    await stack.until("the link on the second node", async () => await card(adminThere));
    const delivered = async (): Promise<number> =>
      (await card()).delivery.delivered + (await card(adminThere)).delivery.delivered;
    await stack.until("the journal at rest", async () => (await card()).journal?.behind_ms === 0);
    const before = await delivered();
    const posts: Post[] = [];
    for (let i = 0; i < 60; i += 1)
      posts.push(await (i % 2 ? alice : there).post(channel.id, `two nodes ${String(i)}`));
    await allArrived(channel, posts.map(created));
    for (const author of [alice, there]) {
      const own = posts.filter((post) => post.user_id === author.me.id).map(created);
      expect(orderOf(channel, own)).toEqual(own);
    }
    // The leader cannot know what the other node has delivered: at most its sweep offers these once more, and the inbox has each once.
    expect(arrived(channel.id)).toHaveLength(
      posts.length + arrived(channel.id).filter((id) => !posts.map(created).includes(id)).length,
    );
    expect((await delivered()) - before).toBeLessThanOrEqual(2 * posts.length);

    const leader = await lease();
    const server = stack.mattermost.pid!;
    expect(leader.node.endsWith(`/${String(server)}`)).toBe(true);
    const plugin = pluginOf(stack);
    stack.mattermost.freeze();
    process.kill(plugin, "SIGSTOP");
    const during: Post[] = [];
    try {
      for (let i = 0; i < 10; i += 1) during.push(await there.post(channel.id, `one stands still ${String(i)}`));
      await allArrived(channel, during.map(created));
      await stack.until("another owner of the lease", async () => (await lease()).owner !== leader.owner, 50_000);
      expect((await lease()).epoch).toBe(leader.epoch + 1);
      await pause(5_000);
    } finally {
      const taken = await lease();
      process.kill(plugin, "SIGCONT");
      stack.mattermost.resume();
      await pause(12_000);
      const now = await lease();
      expect([now.owner, now.epoch]).toEqual([taken.owner, taken.epoch]);
    }
    const after = await alice.post(channel.id, "both again");
    await allArrived(channel, [created(after)]);
    expect(new Set(arrived(channel.id)).size).toBe(arrived(channel.id).length);
  }, 240_000);
});
