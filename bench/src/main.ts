/** `make bench`: prints how long things take, side by side in one run. `N=0.1` makes it short, `N=5` long. */
import { availableParallelism, loadavg } from "node:os";
import { Stack } from "@openclaw-mattermost/testbed";
import { measureAnswers } from "./answers.ts";
import { measurePath } from "./path.ts";
import { deliverTo, runOnly } from "./plugins.ts";
import { measurePosting } from "./posting.ts";
import { buildProbe } from "./probe.ts";
import { startReceiver } from "./receiver.ts";
import { startTap } from "./tap.ts";

const USERS = Array.from({ length: 8 }, (_, index) => `user${index + 1}`);

const scale = Number(process.env["N"] ?? 1);
if (!(scale > 0)) throw new RangeError("N scales the counts: a number above 0, such as 0.1");
const scaled = (count: number): number => Math.ceil(count * scale);
const section = (title: string, text: string): void => console.log(`\n## ${title}\n\n${text}`);

await using stack = await Stack.start({ users: USERS, channel: { dmPolicy: "open", allowFrom: ["*"] } });
await stack.run.progress.during("probe plugin", async () => {
  await stack.admin.uploadPlugin(await buildProbe());
});
const users = USERS.map((name) => stack.user(name));
const [user = stack.adminUser] = users;
const channel = await stack.channelWith("bench", [user]);
const elsewhere = await stack.adminUser.createChannel(stack.team.id, "elsewhere");
await stack.adminUser.addToChannel(elsewhere.id, user.me.id);

const load = loadavg().map((each) => each.toFixed(1));
console.log(
  `# Bench\n\nMilliseconds. ${availableParallelism()} cores shared by all parts; load before: ${load.join(" ")}.`,
);

section("What posting costs", await measurePosting({ stack, user, channel, elsewhere, rounds: 3, count: scaled(150) }));

await using receiver = await startReceiver();
await using signed = await startTap(stack.gateway.url);
await using unsigned = await startTap(receiver.url);
await runOnly(stack, "ours");
await deliverTo(stack, signed.url);
section(
  "From POST to stored",
  await measurePath({ stack, user, channel, signed, unsigned, rounds: 5, count: scaled(50) }),
);

await runOnly(stack, "ours");
section("From POST to answer", await measureAnswers({ stack, users, tap: signed, count: scaled(200) }));
