import type { Attack, Ground } from "../ground.ts";
import { claimsOf, encode, harmlessBody, toGateway, tokenFor } from "../gateway.ts";
import { type Answer, isFault } from "../http.ts";
import { type Outcome, outcome } from "../table.ts";

/** The order of the curve P-256: a signature (r, s) is as good as (r, order - s). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function mirrored(token: string): string {
  const [head = "", claims = "", signature = ""] = token.split(".");
  const raw = Buffer.from(signature, "base64url");
  const s = ORDER - BigInt(`0x${raw.subarray(32).toString("hex")}`);
  const other = Buffer.concat([raw.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, "0"), "hex")]);
  return `${head}.${claims}.${other.toString("base64url")}`;
}

/** The same claims in other bytes are signed by nobody. */
function respelled(token: string): string {
  const [head = "", claims = "", signature = ""] = token.split(".");
  return `${head}.${encode(`${Buffer.from(claims, "base64url").toString()} `)}.${signature}`;
}

/** Whoever recorded a delivery that was taken shows it again. */
async function replayed(ground: Ground, between: () => Promise<void>): Promise<Outcome> {
  const { stack, signer } = ground;
  const body = harmlessBody();
  const token = tokenFor(signer, body);
  const first = await toGateway(stack, { body, token });
  await between();
  const tries: (() => Promise<Answer>)[] = [
    () => toGateway(stack, { body, token }),
    () => toGateway(stack, { body, token: mirrored(token) }),
    () => toGateway(stack, { body, token: respelled(token) }),
    () => toGateway(stack, { body, token: `${token}=` }),
    () => toGateway(stack, { body: harmlessBody(), token }),
    () => toGateway(stack, { body, token, path: "/mattermost/v1/alerts/events" }),
    () => toGateway(stack, { body, token, path: "/mattermost/v1/default/events/" }),
    () => toGateway(stack, { body, token, path: "//mattermost/v1/default/events" }),
    () => toGateway(stack, { body, token, from: "127.9.9.9" }),
  ];
  let [accepted, faults] = [0, 0];
  for (const attempt of tries) {
    const answer = await attempt();
    accepted += answer.status === 200 ? 1 : 0;
    faults += isFault(answer) ? 1 : 0;
  }
  const result = outcome(tries.length, accepted, faults);
  return first.status === 200 ? result : { ...result, passed: false, note: `the first showing: ${first.code}` };
}

/** What is signed for somebody else, or is too old. */
async function misdirected({ stack, signer }: Ground): Promise<Outcome> {
  const body = harmlessBody();
  const now = Number(claimsOf(signer, body)["iat"]);
  const claims = [
    { aud: "another-gateway" },
    { sub: "alerts" },
    { htu: "/mattermost/v1/alerts/events" },
    { iat: now - 600, exp: now - 540 },
    { iat: now + 600, exp: now + 660 },
  ];
  let [accepted, faults] = [0, 0];
  for (const over of claims) {
    const answer = await toGateway(stack, { body, token: tokenFor(signer, body, over) });
    accepted += answer.status === 200 ? 1 : 0;
    faults += isFault(answer) ? 1 : 0;
  }
  return outcome(claims.length, accepted, faults);
}

async function ready({ stack }: Ground): Promise<void> {
  await stack.until("deliveries work", async () => {
    const { links } = await stack.adminUser.plugin<{ links: { delivery: { state: string } }[] }>(
      stack.pluginId,
      "GET",
      "/api/v1/admin/status",
    );
    return links[0]?.delivery.state === "ready";
  });
}

const DEFENCE = "jti reserved until the token has expired, and kept in the inbox's file";

export const REPLAYS: readonly Attack[] = [
  {
    attacker: "replayer: exact, mirrored and respelled signature, other body, path, account, sender",
    defence: DEFENCE,
    run: (ground) => replayed(ground, () => Promise.resolve()),
  },
  {
    attacker: "replayer: the same after the gateway was killed and started",
    defence: DEFENCE,
    run: (ground) =>
      replayed(ground, async () => {
        await ground.stack.gateway.crash();
        await ground.stack.gateway.start();
        await ready(ground);
      }),
  },
  {
    attacker: "replayer: the same after the plugin was started again",
    defence: DEFENCE,
    run: (ground) =>
      replayed(ground, async () => {
        await ground.stack.admin.disablePlugin(ground.stack.pluginId);
        await ground.stack.admin.enablePlugin(ground.stack.pluginId);
        await ready(ground);
      }),
  },
  {
    attacker: "replayer: what was signed for another gateway, account or path, ten minutes ago or to come",
    defence: "aud, sub, htu, iat, exp",
    run: misdirected,
  },
];
