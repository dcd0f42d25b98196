import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Attack, cookiesOf, type Ground } from "../ground.ts";
import { call } from "../http.ts";
import { type Outcome, outcome } from "../table.ts";

const ACCESS = ["anyone", "bots", "members", "admins"] as const;
type Access = (typeof ACCESS)[number];

interface Route {
  readonly method: string;
  readonly path: string;
  readonly access: Access;
  readonly maxBytes: number;
}

const SERVER = join(import.meta.dirname, "../../../server");
const SIZES: Readonly<Record<string, number>> = { "0": 0, small: 1 << 10, large: 64 << 10 };

/** The table of server/api.go, from which the plugin makes its router: what is not in it does not exist. */
export function readRoutes(): Route[] {
  const files = readdirSync(SERVER).filter((name) => name.endsWith(".go") && !name.endsWith("_test.go"));
  const source = files.map((name) => readFileSync(join(SERVER, name), "utf8")).join("\n");
  const rows = [...source.matchAll(/^\t\t\{http\.Method(\w+), ([^,]+), (\w+), (\w+), p\.\w+\},$/gm)];
  return rows.map(([row, method = "", pattern = "", size = "", access = ""]) => {
    const named = new RegExp(`\\b${pattern}\\s*=\\s*(".*")`).exec(source)?.[1];
    const text = pattern.startsWith('"') ? pattern : (named ?? "");
    const maxBytes = SIZES[size];
    if (!text || maxBytes === undefined || !ACCESS.includes(access as Access))
      throw new Error(`This row of server/api.go cannot be read: ${row}`);
    const path = (JSON.parse(text) as string).replace(/\{\w+\}/g, "nobodysnobodysnobodysnobod");
    return { method: method.toUpperCase(), path, access: access as Access, maxBytes };
  });
}

interface Caller {
  readonly name: string;
  readonly headers: Record<string, string>;
  readonly may: readonly Access[];
  /** Counts for POST only: Mattermost lets a session read without its CSRF token. */
  readonly writesOnly?: boolean;
}

async function callersOf({ stack, mallory, guest, stranger }: Ground): Promise<Caller[]> {
  const as = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const admin = stack.adminUser;
  const forged = { "Mattermost-User-Id": admin.me.id };
  const cookie = await cookiesOf(stack.mattermost.url, "admin");
  return [
    { name: "nobody", headers: {}, may: ["anyone"] },
    { name: "nobody, as admin by a header", headers: forged, may: ["anyone"] },
    { name: "user", headers: as(mallory.token), may: ["anyone", "members"] },
    { name: "user, as admin by a header", headers: { ...as(guest.token), ...forged }, may: ["anyone", "members"] },
    { name: "other bot", headers: as(stranger.token), may: ["anyone", "members", "bots"] },
    { name: "linked bot", headers: as(stack.bot.token), may: ["anyone", "members", "bots"] },
    { name: "admin's browser from another site", headers: { cookie }, may: ["anyone"], writesOnly: true },
    { name: "admin", headers: as(admin.token), may: ["anyone", "members", "admins"] },
  ];
}

const shut = /"(login|bot|admin)\.required"/;

async function everyRoute(ground: Ground): Promise<Outcome> {
  const { stack } = ground;
  const base = `/plugins/${stack.pluginId}`;
  const routes = readRoutes();
  const callers = await callersOf(ground);
  let [tried, faults] = [0, 0];
  const through: string[] = [];
  for (const { method, path, access } of routes) {
    for (const { name, headers, may, writesOnly } of callers) {
      if (may.includes(access) || (writesOnly && method === "GET")) continue;
      const answer = await call({
        ...{
          origin: stack.mattermost.url,
          path: base + path,
          method,
          headers: { "content-type": "application/json", ...headers },
        },
        ...(method === "POST" ? { body: "{}" } : {}),
      });
      tried += 1;
      if (![401, 403].includes(answer.status) || !shut.test(answer.text))
        through.push(`${method} ${path} as ${name}: ${String(answer.status)}`);
      if (answer.status >= 500) faults += 1;
    }
  }
  const note = [`${String(routes.length)} routes, ${String(callers.length)} callers`, ...through.slice(0, 3)].join(
    "; ",
  );
  return outcome(tried, through.length, faults, note);
}

/** Whoever may call a route may still not send it more than it takes, or in another way. */
async function bounds(ground: Ground): Promise<Outcome> {
  const { stack } = ground;
  const base = `/plugins/${stack.pluginId}`;
  const token: Record<Access, string> = {
    anyone: stack.bot.token,
    bots: stack.bot.token,
    members: ground.mallory.token,
    admins: stack.adminUser.token,
  };
  const through: string[] = [];
  let [tried, faults] = [0, 0];
  for (const { method, path, access, maxBytes } of readRoutes()) {
    const headers = { authorization: `Bearer ${token[access]}`, "content-type": "application/json" };
    const tries: [string, string | undefined][] = [
      ["DELETE", undefined],
      ["PATCH", undefined],
    ];
    if (method === "POST") tries.push(["POST", " ".repeat(maxBytes + 1)], ["POST", "[".repeat(500)]);
    for (const [verb, body] of tries) {
      const answer = await call({
        origin: stack.mattermost.url,
        path: base + path,
        method: verb,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      tried += 1;
      if (answer.status < 400) through.push(`${verb} ${path}: ${String(answer.status)}`);
      if (answer.status >= 500) faults += 1;
    }
  }
  for (const path of [
    "/",
    "/api/v1",
    "/api/v1/nothing",
    "/api/v1/../../api/v4/config",
    "/api/v1/%2e%2e/x",
    "/server/x",
    "/plugin.json",
  ]) {
    const answer = await call({
      origin: stack.mattermost.url,
      path: base + path,
      method: "GET",
      headers: { authorization: `Bearer ${stack.adminUser.token}` },
    });
    tried += 1;
    // Mattermost leads a path with dots to the one without, which is served as any other.
    if (answer.status < 300) through.push(`GET ${path}: ${String(answer.status)}`);
    if (answer.status >= 500) faults += 1;
  }
  return outcome(tried, through.length, faults, through.slice(0, 3).join("; "));
}

export const ROUTES: readonly Attack[] = [
  {
    attacker:
      "nobody, user, other bot, linked bot, admin's browser from another site, forged user header: every plugin route",
    defence: "one table: method, caller, body, in this order; Mattermost's CSRF check",
    run: everyRoute,
  },
  {
    attacker: "whoever may call: other methods, bodies over the limit, no JSON, addresses beside the table",
    defence: "each route has its limit; what is not in the table is 404",
    run: bounds,
  },
];
