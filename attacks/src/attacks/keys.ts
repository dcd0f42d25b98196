import { setTimeout as pause } from "node:timers/promises";
import type { Attack, Ground } from "../ground.ts";
import { deliver, takeKey } from "../gateway.ts";
import { isFault } from "../http.ts";
import { type Outcome, outcome } from "../table.ts";

const REFUSED_WITHIN_MS = 1_000;
const POSTS = 20;

interface Delivery {
  readonly pending: number;
  readonly delivered: number;
  readonly dead: number;
}

async function deliveryOf({ stack }: Ground): Promise<Delivery> {
  const { links } = await stack.adminUser.plugin<{ links: [{ delivery: Delivery }] }>(
    stack.pluginId,
    "GET",
    "/api/v1/admin/status",
  );
  return links[0].delivery;
}

/** The key from a copy of the database is good until an admin revokes it, under traffic of which nothing may be lost. */
async function revoked(ground: Ground): Promise<Outcome> {
  const { stack, alice, town, signer } = ground;
  const works = await deliver(stack, signer);
  if (works.status !== 200) return { ...outcome(1, 0, 0, `the stolen key did not work: ${works.code}`), passed: false };
  const before = await deliveryOf(ground);
  const posting = (async () => {
    for (let i = 0; i < POSTS; i += 1) await alice.post(town.id, `said while a key is revoked, ${String(i)}`);
  })();
  await pause(300);
  await stack.adminUser.plugin(stack.pluginId, "POST", "/api/v1/keys/revoke", {});
  const at = performance.now();
  let [tried, late, faults] = [0, 0, 0];
  let lastAcceptedMs: number | undefined;
  while (performance.now() - at < 3_000) {
    const began = performance.now() - at;
    const answer = await deliver(stack, signer);
    tried += 1;
    if (answer.status === 200) lastAcceptedMs = began;
    if (answer.status === 200 && began > REFUSED_WITHIN_MS) late += 1;
    if (isFault(answer)) faults += 1;
    await pause(20);
  }
  await posting;
  await stack.until("every post delivered", async () => {
    const now = await deliveryOf(ground);
    return now.pending === 0 && now.delivered >= before.delivered + POSTS && now.dead === before.dead;
  });
  ground.signer = await takeKey(stack);
  const last =
    lastAcceptedMs === undefined ? "never taken again" : `last taken ${lastAcceptedMs.toFixed(0)} ms after it`;
  const note = `${last}; ${String(POSTS)} posts meanwhile, none lost`;
  return outcome(tried, late, faults, note);
}

export const KEYS: readonly Attack[] = [
  {
    attacker: "thief of a database backup: signs with the plugin's key, which an admin revokes under traffic",
    defence: "revocation: a new key, told to every gateway at once",
    run: revoked,
  },
];
