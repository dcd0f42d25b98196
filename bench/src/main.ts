/** `make bench`: prints how long things take, side by side in one run. `N=0.1` makes it short, `N=5` long. */
import { availableParallelism, loadavg } from "node:os";
import { type Channel, INSPECTABLE, Stack } from "@openclaw-mattermost/testbed";
import { measureAnswers } from "./answers.ts";
import { measureLoad } from "./load.ts";
import { measurePath } from "./path.ts";
import { deliverTo, runOnly } from "./plugins.ts";
import { measurePosting } from "./posting.ts";
import { buildProbe } from "./probe.ts";
import { startReceiver } from "./receiver.ts";
import { startTap } from "./tap.ts";

const USERS = Array.from({ length: 8 }, (_, index) => `user${index + 1}`);

/** In which posts come under load. */
const CHANNELS = 20;

const scale = Number(process.env["N"] ?? 1);
if (!(scale > 0)) throw new RangeError("N scales the counts: a number above 0, such as 0.1");
const scaled = (count: number): number => Math.ceil(count * scale);
/** `ONLY=posting`, `path`, `answers` or `load` prints one section. */
const wanted = (name: string): boolean => (process.env["ONLY"] ?? name) === name;
const section = (title: string, text: string): void => console.log(`\n## ${title}\n\n${text}`);

await using stack = await Stack.start({
  users: USERS,
  gatewayEnv: INSPECTABLE,
  channel: { dmPolicy: "open", allowFrom: ["*"] },
});
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

if (wanted("posting")) {
  const options = { stack, user, channel, elsewhere, rounds: 3, count: scaled(150) };
  section("What posting costs", await measurePosting(options));
}

if (wanted("path") || wanted("answers")) {
  await using receiver = await startReceiver();
  await using signed = await startTap(stack.gateway.url);
  await using unsigned = await startTap(receiver.url);
  await runOnly(stack, "ours");
  await deliverTo(stack, signed.url);
  if (wanted("path")) {
    const options = { stack, user, channel, signed, unsigned, rounds: 5, count: scaled(50) };
    section("From POST to stored", await measurePath(options));
  }
  await runOnly(stack, "ours");
  if (wanted("answers")) {
    section("From POST to answer", await measureAnswers({ stack, users, tap: signed, count: scaled(200) }));
  }
  await deliverTo(stack, stack.gateway.url);
}

if (wanted("load")) {
  await runOnly(stack, "ours");
  const channels: Channel[] = [];
  for (let index = 1; index <= CHANNELS; index++) channels.push(await stack.channelWith(`load${String(index)}`, users));
  section("Under load", await measureLoad({ stack, users, channels, seconds: scaled(60), backlog: scaled(10_000) }));
}
