/** The second half of `make bench`: this product beside OpenClaw's official Mattermost channel, in turn, on the same server. `N=0.1` makes it short. */
import { availableParallelism, loadavg } from "node:os";
import { INSPECTABLE, Stack } from "@openclaw-mattermost/testbed";
import { measureCounts } from "./versus/counts.ts";
import { measureLatency } from "./versus/latency.ts";
import { measureMemory } from "./versus/memory.ts";
import { OFFICIAL, startSides } from "./versus/sides.ts";

const ROUNDS = 4;
const TURNS = 25;
const MEMORY_TURNS = 100;

const scale = Number(process.env["N"] ?? 1);
if (!(scale > 0)) throw new RangeError("N scales the counts: a number above 0, such as 0.1");

const OPTIONS = {
  users: ["alice"],
  gatewayEnv: INSPECTABLE,
  channel: { dmPolicy: "open", allowFrom: ["*"], groupPolicy: "open" },
};
const section = (title: string, text: string): void => console.log(`\n## ${title}\n\n${text}`);
const count = Math.ceil(TURNS * scale);

{
  await using stack = await Stack.start(OPTIONS);
  await using both = await startSides(stack, { cuttable: false });
  const { sides } = both;
  const user = stack.user("alice");
  const load = loadavg().map((each) => each.toFixed(1));
  console.log(
    `# Beside ${OFFICIAL}\n\nIn turn on one server, with one stub model. ${availableParallelism()} cores shared by all parts; load before: ${load.join(" ")}.`,
  );
  const { times, stretches } = await measureLatency({ stack, sides, user, rounds: ROUNDS, count });
  section("Times, in milliseconds", times);
  section("Where the time of a mention goes with ours, in milliseconds", stretches);
  section(
    "Memory of the gateways, in MB",
    await measureMemory({ stack, user }, sides, Math.ceil(MEMORY_TURNS * scale)),
  );
}
{
  await using stack = await Stack.start({ ...OPTIONS, wires: true });
  await using both = await startSides(stack, { cuttable: true });
  section("Counts", await measureCounts({ stack, user: stack.user("alice") }, both.sides));
}
