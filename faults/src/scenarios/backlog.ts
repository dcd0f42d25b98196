import { setTimeout as pause } from "node:timers/promises";
import { pluginOf, residentMb } from "@openclaw-mattermost/testbed";
import { type Ground, newLedger, type Trial } from "../ground.ts";
import { drained } from "../drain.ts";
import { seedPosts } from "../seed.ts";
import type { Scenario } from "./scenario.ts";

const CHANNELS = 20;
const PLUGIN_MB = 40;
const LEEWAY_MS = 3_000;
/** The plugin reads until its queue is full. */
const FILLING_MS = 15_000;
const DRAINED_MS = 180_000;

/** What piled up while everything was away waits in Mattermost's tables, and not in the plugin. */
const backlog =
  (count: number) =>
  async (ground: Ground): Promise<Trial> => {
    const { stack, authors } = ground;
    const ledger = newLedger();
    const channels = await ground.channels(CHANNELS);
    const each = count / CHANNELS;
    // The bot is told nothing from before it came into a channel: the posts are dated after that, and not in the future.
    await pause(each + LEEWAY_MS);
    await stack.admin.disablePlugin(stack.pluginId);
    await stack.gateway.stop();
    for (const [index, channel] of channels.entries()) {
      const author = authors[index % authors.length] ?? stack.adminUser;
      const texts = Array.from(
        { length: each },
        () => `for the record ${ledger.next(author.me.id, channel.id, false).text}`,
      );
      await seedPosts(ground, { author, channel, texts, from: Date.now() - each - LEEWAY_MS / 2 });
    }
    await stack.admin.enablePlugin(stack.pluginId);
    const plugin = pluginOf(stack);
    let peakMb = 0;
    const watch = setInterval(() => {
      peakMb = Math.max(peakMb, residentMb(plugin));
    }, 200);
    try {
      await pause(FILLING_MS);
      const waitingMb = peakMb;
      await stack.gateway.start();
      const healedAt = performance.now();
      const { note } = await drained(ground, ledger, DRAINED_MS);
      return {
        ledger,
        healedAt,
        note: `plugin ${waitingMb.toFixed(0)} MB while waiting, ${peakMb.toFixed(0)} MB at most; ${note}`,
        problems: waitingMb > PLUGIN_MB ? [`plugin above ${PLUGIN_MB} MB with a backlog`] : [],
      };
    } finally {
      clearInterval(watch);
    }
  };

export const BACKLOGS: readonly Scenario[] = [
  { fault: "a backlog of 100,000 posts", run: backlog(100_000), long: true },
];
