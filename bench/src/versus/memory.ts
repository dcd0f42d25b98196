import { heldBy, type MattermostClient, residentMb, type Stack } from "@openclaw-mattermost/testbed";
import { channelOf } from "./latency.ts";
import type { Side } from "./sides.ts";

const MB = 1024 * 1024;
/** What the adapter may add to a gateway. */
const ADDED_MB = 15;

/** What each gateway holds after the same number of turns, and what another `turns` of them leave in its heap once garbage is collected. */
export async function measureMemory(
  { stack, user }: { stack: Stack; user: MattermostClient },
  sides: readonly Side[],
  turns: number,
): Promise<string> {
  const rows: { heap: number; perTurn: number; resident: number }[] = [];
  for (const side of sides) {
    const before = await heapMb(side);
    await stack.run.progress.during(`memory, ${side.name}`, () => ask(stack, side, user, turns));
    const after = await heapMb(side);
    rows.push({ heap: after, perTurn: (1024 * (after - before)) / turns, resident: residentMb(side.gateway.pid) });
  }
  const [official, ours] = rows;
  if (!official || !ours) throw new TypeError("Two sides are compared.");
  const added = ours.heap - official.heap;
  const line = (...cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [
    line("what", "official", "ours", "goal", ""),
    line("---", "--:", "--:", "--:", "---"),
    line(
      "heap after collection",
      official.heap.toFixed(0),
      ours.heap.toFixed(0),
      `${String(ADDED_MB)} more`,
      added <= ADDED_MB ? "met" : "misses",
    ),
    line(
      `what one of ${String(turns)} turns leaves of it, in kB`,
      official.perTurn.toFixed(0),
      ours.perTurn.toFixed(0),
      "",
      "",
    ),
    line("resident, with all worker threads", official.resident.toFixed(0), ours.resident.toFixed(0), "", ""),
  ].join("\n");
}

async function ask(stack: Stack, side: Side, user: MattermostClient, turns: number): Promise<void> {
  const channel = await channelOf(stack, side, user);
  for (let turn = 0; turn < turns; turn += 1) {
    const token = `memory${String(turn)}.`;
    await user.post(channel.id, `@${side.bot.username} ${token}`);
    await stack.until(`the answer to ${token}`, async () =>
      (await user.getPosts(channel.id)).some((post) => post.user_id === side.bot.id && post.message.includes(token)),
    );
  }
}

const heapMb = async ({ gateway }: Side): Promise<number> => (await heldBy(gateway.logFile)).heapBytes / MB;
