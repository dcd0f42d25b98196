import { setTimeout as pause } from "node:timers/promises";
import { linkStatus, type Stack } from "@openclaw-mattermost/testbed";
import { PROBE_ID } from "./probe.ts";

/** Which plugin runs: ours, the probe, or none. */
export type Running = "ours" | "probe" | "none";

/** Starting a plugin keeps the machine busy for a moment longer than it takes until it runs. */
const SETTLE_MS = 500;
const NOT_RUNNING = 0;

/** Has exactly this one running: hooks of both on one post would disturb each other. */
export async function runOnly(stack: Stack, running: Running): Promise<void> {
  const wanted = { ours: stack.pluginId, probe: PROBE_ID, none: undefined }[running];
  for (const id of [stack.pluginId, PROBE_ID]) if (id !== wanted) await stop(stack, id);
  if (wanted !== undefined) await stack.admin.enablePlugin(wanted);
  if (wanted === stack.pluginId) await ready(stack);
  await pause(SETTLE_MS);
}

/** Has our plugin deliver to this address, and waits until the address has proved itself. Our plugin must run. */
export async function deliverTo(stack: Stack, url: string): Promise<void> {
  await stack.admin.setPluginSettings(stack.pluginId, { GatewayURL: url });
  await ready(stack, url);
}

/** Has the probe forward posts to this address; to none, with an empty one. */
export async function forwardTo(stack: Stack, url: string): Promise<void> {
  await stack.admin.setPluginSettings(PROBE_ID, { ForwardURL: url });
}

async function stop(stack: Stack, id: string): Promise<void> {
  await stack.admin.disablePlugin(id);
  await stack.until(`plugin ${id}: stopped`, async () =>
    (await stack.admin.pluginStates()).some((each) => each.plugin_id === id && each.state === NOT_RUNNING),
  );
}

async function ready(stack: Stack, url?: string): Promise<void> {
  await stack.until("deliveries by webhook", async () => {
    const { links } = await linkStatus(stack.adminUser, stack.pluginId);
    const own = links.find((link) => link.bot.user_id === stack.bot.id)?.delivery;
    return own?.state === "ready" && own.transport === "webhook" && (url === undefined || own.url === url);
  });
}
