import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Attack, CANARY, type Ground } from "../ground.ts";
import { deliver, toGateway } from "../gateway.ts";
import { call } from "../http.ts";
import { type Outcome, outcome } from "../table.ts";

const LOG_FILE = /\.(log|jsonl|txt)$/;
const MODEL_SIDE = /model\.jsonl$|sessions?\/|transcript|agents\//;

/** Files that people read when something is wrong. What the agent itself keeps of a conversation is not among them. */
function logsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && LOG_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !MODEL_SIDE.test(path) && !path.includes("postgres") && statSync(path).size < 50_000_000);
}

async function search(ground: Ground): Promise<Outcome> {
  const { stack, alice, mallory } = ground;
  // A lane of its own: others may have left work behind.
  const room = await stack.channelWith("canaries", [alice, mallory]);
  const asked = await alice.post(room.id, `please answer ${CANARY}-text`);
  await stack.answerTo(alice, asked, CANARY);
  await mallory.post(room.id, `@openclaw ${CANARY}-refused`);
  await alice.command(room.id, `/oc_status ${CANARY}-argument`).catch(() => undefined);
  await toGateway(stack, { body: `{"${CANARY}-body":1}`, token: `${CANARY}-token.x.y` });
  await toGateway(stack, { body: "{}", path: `/mattermost/v1/${CANARY}-account/events` });
  await deliver(stack, ground.signer);
  const status = await stack.gateway.cli("channels", "status", "--probe");
  const page = await stack.adminUser.plugin(stack.pluginId, "GET", "/api/v1/admin/status");
  const kept = await stack.adminUser.plugin(stack.pluginId, "GET", "/api/v1/admin/kept");
  const metrics = await call({
    ...{ origin: stack.mattermost.url, path: `/plugins/${stack.pluginId}/api/v1/metrics`, method: "GET" },
    headers: { authorization: `Bearer ${stack.adminUser.token}` },
  });
  if (!metrics.text.includes("openclaw_link_up")) throw new Error("The metrics cannot be read.");
  const places = new Map<string, string>([
    ["the metrics", metrics.text],
    ["channels status", status.stdout + status.stderr],
    ["System Console's page", JSON.stringify(page)],
    ["System Console's list of what is kept", JSON.stringify(kept)],
  ]);
  for (const file of [
    ...logsBelow(stack.gateway.home.folder),
    ...logsBelow(stack.mattermost.folder),
    stack.gateway.logFile,
  ])
    places.set(file.replace(stack.run.folder, ""), readFileSync(file, "utf8"));
  const secrets = new Map([
    ["a post's text", `${CANARY}-text`],
    ["the text of who may not", `${CANARY}-refused`],
    ["an argument", `${CANARY}-argument`],
    ["a body", `${CANARY}-body`],
    ["a signature", `${CANARY}-token`],
    ["the bot's token", stack.bot.token],
    ["an e-mail address", "alice@example.com"],
    ["the signing key", ground.signer.key.export({ format: "der", type: "sec1" }).toString("base64").slice(0, 60)],
  ]);
  const found: string[] = [];
  for (const [where, text] of places)
    for (const [what, secret] of secrets) if (text.includes(secret)) found.push(`${what} in ${where}`);
  return outcome(
    places.size * secrets.size,
    found.length,
    0,
    found.length > 0 ? found.join(", ") : `${String(places.size)} logs and pages`,
  );
}

export const CANARIES: readonly Attack[] = [
  {
    attacker: "reader of logs and pages: token, key, text, argument, e-mail address, planted everywhere",
    defence: "logs and pages carry ids",
    run: search,
  },
];
