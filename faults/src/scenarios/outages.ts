import { setTimeout as pause } from "node:timers/promises";
import { builtBundle, isRunning, pluginOf } from "@openclaw-mattermost/testbed";
import { newLedger, type Ground, type Trial } from "../ground.ts";
import { drained } from "../drain.ts";
import { judge } from "../ledger.ts";
import { startTraffic } from "../traffic.ts";
import { type Scenario, underTraffic } from "./scenario.ts";

const BACKLOG = 5_000;
const BACKLOG_CHANNELS = 50;
/** Answers that are still no storm: one for each channel, and as many again for runs that were split. */
const ANSWERS_MAX = 2 * BACKLOG_CHANNELS;
const ANSWERS_DEADLINE_MS = 420_000;
const DRAINED_MS = 240_000;
const CHANNEL_RESTARTS = 3;
/** How long a plugin whose server was killed may live on. */
const ORPHAN_MS = 10_000;

/** 5,000 requests pile up while nobody is there, and are too old to be answered one by one when somebody is again. */
async function gatewayDown(ground: Ground): Promise<Trial> {
  const { stack, authors, far } = ground;
  const ledger = newLedger();
  const channels = await ground.channels(BACKLOG_CHANNELS);
  await stack.admin.setPluginSettings(stack.pluginId, { TestStaleSeconds: 1 });
  await stack.gateway.stop();
  const each = BACKLOG / authors.length;
  await startTraffic({ ledger, authors, channels, bot: stack.bot.username, mentionEvery: 1, each }).done;
  await pause(1_000);
  const askedBefore = (await far.far()).asked.length;
  await stack.gateway.start();
  const healedAt = performance.now();
  const { truth, note } = await drained(ground, ledger, DRAINED_MS);
  await stack.until(
    "every request at the agent",
    async () => judge(ledger, truth, await far.far()).lost.every((what) => what.startsWith("answer to")),
    ANSWERS_DEADLINE_MS,
  );
  await stack.admin.setPluginSettings(stack.pluginId, { TestStaleSeconds: 0 });
  const asked = (await far.far()).asked.length - askedBefore;
  return {
    ledger,
    healedAt,
    note: `${note}; the agent was asked ${asked} times`,
    problems: asked > ANSWERS_MAX ? [`the agent was asked ${asked} times`] : [],
  };
}

const pluginKilled = (ground: Ground): Promise<Trial> =>
  underTraffic(ground, async () => {
    const { stack } = ground;
    const before = pluginOf(stack);
    process.kill(before, "SIGKILL");
    const began = performance.now();
    // Mattermost looks every 30 s.
    await stack.until("another plugin process", () => pluginOf(stack) !== before, 90_000);
    return `Mattermost started it again after ${((performance.now() - began) / 1000).toFixed(0)} s`;
  });

/** Between append and answer: at a random moment of a run. */
const gatewayKilled =
  (times: number) =>
  (ground: Ground): Promise<Trial> =>
    underTraffic(
      ground,
      async () => {
        for (let i = 0; i < times; i += 1) {
          await pause(Math.random() * 1_500);
          await ground.stack.gateway.crash();
          ground.stack.gateway.forgetCrashes();
          await ground.stack.gateway.start();
        }
        return times > 1 ? `${times} times, at random moments` : "at a random moment";
      },
      { pauseMs: 250, mentionEvery: 8 },
    );

/** As OpenClaw does it to a channel that it takes for stuck: without a wait for what is on its way into a turn. */
const channelRestarted = (ground: Ground): Promise<Trial> =>
  underTraffic(
    ground,
    async () => {
      const { gateway } = ground.stack;
      for (let i = 0; i < CHANNEL_RESTARTS; i += 1)
        for (const method of ["channels.stop", "channels.start"])
          await gateway.cli("gateway", "call", method, "--params", JSON.stringify({ channel: "mattermost" }));
      return `${CHANNEL_RESTARTS} times`;
    },
    { channels: 8, authors: 8, pauseMs: 250, mentionEvery: 4 },
  );

const mattermostKilled = (ground: Ground): Promise<Trial> =>
  underTraffic(ground, async () => {
    const { mattermost } = ground.stack;
    const orphan = pluginOf(ground.stack);
    await mattermost.crash();
    const began = performance.now();
    await ground.stack.until("the end of the orphaned plugin", () => !isRunning(orphan), ORPHAN_MS);
    const ms = performance.now() - began;
    await mattermost.start();
    return `its plugin ended itself after ${(ms / 1000).toFixed(1)} s`;
  });

const mattermostStopped = (ground: Ground): Promise<Trial> =>
  underTraffic(
    ground,
    async () => {
      await ground.stack.mattermost.restart();
      return undefined;
    },
    { pauseMs: 0 },
  );

const postgresStopped = (ground: Ground): Promise<Trial> =>
  underTraffic(ground, async () => {
    await ground.stack.postgres.stopImmediately();
    await pause(2_000);
    await ground.stack.postgres.start();
    return undefined;
  });

/** As an admin does it: the new bundle is uploaded while everybody goes on writing. */
const upgraded = (ground: Ground): Promise<Trial> =>
  underTraffic(ground, async () => {
    const { admin, pluginId } = ground.stack;
    const before = pluginOf(ground.stack);
    await admin.uploadPlugin(builtBundle());
    await admin.enablePlugin(pluginId);
    await ground.stack.until("the new plugin's process", () => pluginOf(ground.stack) !== before);
    return undefined;
  });

/** Parts that are not there. */
export const OUTAGES: readonly Scenario[] = [
  { fault: `gateway stopped, ${BACKLOG} requests in ${BACKLOG_CHANNELS} channels, started`, run: gatewayDown },
  { fault: "kill -9 of the plugin", run: pluginKilled },
  { fault: "kill -9 of the gateway", run: gatewayKilled(1) },
  { fault: "kill -9 of the gateway, 50 times", run: gatewayKilled(50), long: true },
  { fault: "the channel restarted within its turns", run: channelRestarted },
  { fault: "kill -9 of Mattermost", run: mattermostKilled },
  { fault: "SIGTERM of Mattermost under load", run: mattermostStopped },
  { fault: "PostgreSQL stopped immediately", run: postgresStopped },
  { fault: "the bundle upgraded in place", run: upgraded },
];
