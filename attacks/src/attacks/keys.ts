import { setTimeout as pause } from "node:timers/promises";
import type { Attack, Ground } from "../ground.ts";
import { deliver, restoreValues, type Signer, takeKey, valuesOf } from "../gateway.ts";
import { isFault } from "../http.ts";
import { type Outcome, outcome } from "../table.ts";

const REFUSED_WITHIN_MS = 1_000;
/** After a set-back the plugin and the adapter have to find out first. */
const NOTICED_WITHIN_MS = 5_000;
const POSTS = 20;

interface Delivery {
  readonly pending: number;
  readonly delivered: number;
  readonly dead: number;
}

interface Status {
  readonly problems: readonly { code: string }[];
  readonly links: readonly [{ delivery: Delivery }];
}

const statusOf = ({ stack }: Ground): Promise<Status> =>
  stack.adminUser.plugin<Status>(stack.pluginId, "GET", "/api/v1/admin/status");

const deliveryOf = async (ground: Ground): Promise<Delivery> => (await statusOf(ground)).links[0].delivery;

/** Waits until what was posted since `before` has all arrived. */
const postsDelivered = (ground: Ground, before: Delivery): Promise<unknown> =>
  ground.stack.until("every post delivered", async () => {
    const now = await deliveryOf(ground);
    return now.pending === 0 && now.delivered >= before.delivered + POSTS && now.dead === before.dead;
  });

interface Tries {
  readonly tried: number;
  /** Taken although the key should have been refused by then. */
  readonly late: number;
  readonly faults: number;
  readonly lastAcceptedMs: number | undefined;
}

/** Goes on delivering with a key that has just been revoked. */
async function tryOn({ stack }: Ground, signer: Signer, withinMs: number): Promise<Tries> {
  const at = performance.now();
  let [tried, late, faults] = [0, 0, 0];
  let lastAcceptedMs: number | undefined;
  while (performance.now() - at < withinMs + 2_000) {
    const began = performance.now() - at;
    const answer = await deliver(stack, signer);
    tried += 1;
    if (answer.status === 200) lastAcceptedMs = began;
    if (answer.status === 200 && began > withinMs) late += 1;
    if (isFault(answer)) faults += 1;
    await pause(20);
  }
  return { tried, late, faults, lastAcceptedMs };
}

const lastTaken = (ms: number | undefined): string =>
  ms === undefined ? "never taken again" : `last taken ${ms.toFixed(0)} ms after it`;

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
  const { tried, late, faults, lastAcceptedMs } = await tryOn(ground, signer, REFUSED_WITHIN_MS);
  await posting;
  await postsDelivered(ground, before);
  ground.signer = await takeKey(stack);
  const note = `${lastTaken(lastAcceptedMs)}; ${String(POSTS)} posts meanwhile, none lost`;
  return outcome(tried, late, faults, note);
}

/** With the database, a key that was revoked since comes back as the one that the plugin signs with. */
async function setBack(ground: Ground): Promise<Outcome> {
  const { stack, alice, town, signer } = ground;
  const backup = await valuesOf(stack);
  await stack.adminUser.plugin(stack.pluginId, "POST", "/api/v1/keys/revoke", {});
  await stack.until("the revoked key refused", async () => (await deliver(stack, signer)).status !== 200);
  await stack.admin.disablePlugin(stack.pluginId);
  await restoreValues(stack, backup.map(tenMinutesOlder));
  await stack.admin.enablePlugin(stack.pluginId);
  const { tried, late, faults, lastAcceptedMs } = await tryOn(ground, signer, NOTICED_WITHIN_MS);
  await stack.until("the admin told", async () =>
    (await statusOf(ground)).problems.some(({ code }) => code === "database.set_back"),
  );
  const before = await deliveryOf(ground);
  for (let i = 0; i < POSTS; i += 1) await alice.post(town.id, `said after the database was set back, ${String(i)}`);
  await postsDelivered(ground, before);
  ground.signer = await takeKey(stack);
  return outcome(
    tried,
    late,
    faults,
    `${lastTaken(lastAcceptedMs)}; the admin is told; ${String(POSTS)} posts, none lost`,
  );
}

/** A mark grows every ten minutes: the copy is as old as one that is noticed. */
function tenMinutesOlder(value: Awaited<ReturnType<typeof valuesOf>>[number]): typeof value {
  if (value.pkey !== "marks") return value;
  const marks = JSON.parse(String(value.pvalue)) as { by_bot: Record<string, number> };
  const older = Object.entries(marks.by_bot).map(([bot, mark]) => [bot, mark - 1] as const);
  return { ...value, pvalue: Buffer.from(JSON.stringify({ ...marks, by_bot: Object.fromEntries(older) })) };
}

export const KEYS: readonly Attack[] = [
  {
    attacker: "thief of a database backup: signs with the plugin's key, which an admin revokes under traffic",
    defence: "revocation: a new key, told to every gateway at once",
    run: revoked,
  },
  {
    attacker:
      "thief of a database backup: signs with a revoked key after the database was set back to when it was good",
    defence:
      "the gateway asks at the first use of another key, with a mark that the database does not know: the keys are revoked, the admin is told",
    run: setBack,
  },
];
