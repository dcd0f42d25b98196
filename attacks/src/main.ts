/** `make attacks`: attacks the real plugin and the real gateway, on loopback only. `LONG=1` takes its time; `ONLY=text` runs what has that in its name. */
import { ADDRESSES } from "./attacks/addresses.ts";
import { CANARIES } from "./attacks/canaries.ts";
import { FORGERY } from "./attacks/forgery.ts";
import { KEYS } from "./attacks/keys.ts";
import { PEOPLE } from "./attacks/people.ts";
import { REPLAYS } from "./attacks/replays.ts";
import { ROUTES } from "./attacks/routes.ts";
import { WEIGHT } from "./attacks/weight.ts";
import { type Attack, type Ground, openGround } from "./ground.ts";
import { type Line, tableOf } from "./table.ts";

const ONLY = process.env["ONLY"] ?? "";
// The key that good deliveries are signed with is revoked towards the end.
const attacks = [...FORGERY, ...WEIGHT, ...ROUTES, ...ADDRESSES, ...PEOPLE, ...REPLAYS, ...KEYS, ...CANARIES].filter(
  ({ attacker }) => attacker.includes(ONLY),
);

async function tryIt(ground: Ground, { attacker, defence, run }: Attack): Promise<Line> {
  try {
    return { attacker, defence, ...(await run(ground)) };
  } catch (error) {
    console.error(error, ground.stack.explain());
    const note = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return { attacker, defence, tried: 0, accepted: 0, faults: 0, note, passed: false };
  }
}

await using ground = await openGround(process.env["LONG"] === "1");
const lines: Line[] = [];
for (const attack of attacks) {
  await ground.stack.run.progress.during(attack.attacker, async () => {
    lines.push(await tryIt(ground, attack));
  });
  console.error(tableOf(lines.slice(-1)).split("\n").at(-1));
}
const failed = lines.filter(({ passed }) => !passed).length;
if (failed > 0) console.error(ground.stack.explain());
console.log(`\n${tableOf(lines)}\n\n${String(lines.length - failed)} passed, ${String(failed)} failed`);
process.exitCode = failed > 0 || lines.length === 0 ? 1 : 0;
