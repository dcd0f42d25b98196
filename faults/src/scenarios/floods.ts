import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Channel, type MattermostClient, MattermostRefusal } from "@openclaw-mattermost/testbed";
import { type Ground, newLedger, type Trial } from "../ground.ts";
import type { Ledger } from "../ledger.ts";
import { startTraffic } from "../traffic.ts";
import type { Scenario } from "./scenario.ts";

const GAP = 1_600;
const CHANGES = 1_000;
const IN_ORDER = 1_000;
/** How long a link's page takes. */
const PREVIEW_MS = 5_000;

const writes = async (ground: Ground, authors: readonly MattermostClient[], channel: Channel, each: number) => {
  const ledger = newLedger();
  await startTraffic({ ledger, authors, channels: [channel], bot: ground.stack.bot.username, each }).done;
  return ledger;
};

async function oneChannel(ground: Ground): Promise<Channel> {
  const [channel] = await ground.channels(1);
  if (!channel) throw new Error("There is no channel.");
  return channel;
}

async function inOneGap(ground: Ground): Promise<Trial> {
  const { stack, authors } = ground;
  const channel = await oneChannel(ground);
  await stack.admin.disablePlugin(stack.pluginId);
  const ledger = await writes(ground, authors.slice(0, 4), channel, GAP / 4);
  await stack.admin.enablePlugin(stack.pluginId);
  return { ledger, healedAt: performance.now() };
}

async function oneAuthor(ground: Ground): Promise<Trial> {
  const channel = await oneChannel(ground);
  const ledger = await writes(ground, ground.authors.slice(0, 1), channel, IN_ORDER);
  return { ledger, healedAt: performance.now() };
}

/** A post is made, edited and deleted as fast as requests go; some of the edits come after the deletion and are refused. */
async function changed(ground: Ground): Promise<Trial> {
  const ledger = newLedger();
  const channel = await oneChannel(ground);
  const authors = ground.authors.slice(0, 2);
  const each = CHANGES / authors.length;
  const gaps: number[] = [];
  await Promise.all(
    authors.map(async (author) => {
      for (let count = 0; count < each; count++) gaps.push(await makeEditDelete(ledger, author, channel));
    }),
  );
  const healedAt = performance.now();
  gaps.sort((a, b) => a - b);
  const soon = gaps.filter((ms) => ms <= 5).length;
  return {
    ledger,
    healedAt,
    note: `${soon} of ${CHANGES} within 5 ms, median ${gaps[CHANGES / 2]?.toFixed(0) ?? ""} ms`,
  };
}

/** Returns the milliseconds between creation and deletion by the server's clock. */
async function makeEditDelete(ledger: Ledger, author: MattermostClient, channel: Channel): Promise<number> {
  const token = ledger.next(author.me.id, channel.id, false);
  const post = await author.post(channel.id, `for the record ${token.text}`);
  const edit = author.edit(post.id, `for the record ${token.text}, edited`).catch((error: unknown) => {
    if (!(error instanceof MattermostRefusal)) throw error;
  });
  const began = Date.now();
  await Promise.all([edit, author.delete(post.id)]);
  return Math.max(0, began - post.create_at);
}

/** CreateAt is taken before the page of a link is fetched: the row appears seconds behind everything that was read. */
async function slowPreview(ground: Ground): Promise<Trial> {
  const { stack, authors } = ground;
  const ledger = newLedger();
  const channel = await oneChannel(ground);
  const [author, other] = authors as [MattermostClient, MattermostClient];
  const page = createServer((_request, response) => {
    setTimeout(() => response.end("<title>slow</title>"), PREVIEW_MS).unref();
  });
  await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
  try {
    const link = `http://127.0.0.1:${(page.address() as AddressInfo).port}/page`;
    const token = ledger.next(author.me.id, channel.id, false);
    const slow = author.post(channel.id, `for the record ${token.text} ${link}`);
    await pause(1_000);
    await stack.admin.disablePlugin(stack.pluginId);
    // What comes meanwhile moves every cursor past the slow one.
    await startTraffic({ ledger, authors: [other], channels: [channel], bot: stack.bot.username, each: 20 }).done;
    await stack.admin.enablePlugin(stack.pluginId);
    const post = await slow;
    const rows = await ground.far.query<{ late: boolean }>(
      "SELECT EXISTS (SELECT 1 FROM posts p WHERE p.channelid = $1 AND p.createat > $2) AS late",
      [channel.id, post.create_at],
    );
    return {
      ledger,
      healedAt: performance.now(),
      problems: rows[0]?.late ? [] : ["the slow post was not late"],
    };
  } finally {
    page.closeAllConnections();
    page.close();
  }
}

/**
 * Without the sweep the same fault has to cost posts, or the ledger sees nothing. It is the last scenario, and the sweep stays
 * off: it would bring what was lost before that is counted at the end.
 */
async function withoutSweep(ground: Ground): Promise<Trial> {
  const { stack, authors } = ground;
  const channel = await oneChannel(ground);
  await stack.admin.setPluginSettings(stack.pluginId, { TestNoSweep: true });
  await stack.admin.disablePlugin(stack.pluginId);
  const ledger = await writes(ground, authors.slice(0, 2), channel, 20);
  await stack.admin.enablePlugin(stack.pluginId);
  await pause(8_000);
  return { ledger, healedAt: performance.now() };
}

/** More, sooner or later than usual. */
export const FLOODS: readonly Scenario[] = [
  { fault: `${GAP} posts in one channel in one gap`, run: inOneGap },
  { fault: `${IN_ORDER} posts by one author`, run: oneAuthor },
  { fault: `created, edited, deleted at once, ${CHANGES} times`, run: changed },
  { fault: `a link preview of ${PREVIEW_MS / 1000} s around a restart of the plugin`, run: slowPreview },
];

/** The ledger is itself put to the test. */
export const CHECKER: Scenario = { fault: "the sweep switched off (has to lose)", run: withoutSweep, wantsLoss: true };
