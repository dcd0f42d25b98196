import { setTimeout as pause } from "node:timers/promises";
import type { Fault, Wires } from "@openclaw-mattermost/testbed";
import type { Ground, Trial } from "../ground.ts";
import { type Scenario, type UnderTraffic, underTraffic } from "./scenario.ts";

const BROKEN_MS = 5_000;
const HOLE_MS = 10_000;
/** Longer than the outbox waits for an answer by itself. */
const OUTAGE_MS = 7 * 60_000;
const SHARE = 0.3;

type Wire = Exclude<keyof Wires, symbol>;
const NAMES: Readonly<Record<Wire, string>> = {
  gateway: "plugin → gateway",
  database: "Mattermost → PostgreSQL",
  mattermost: "adapter → Mattermost",
};

/** Breaks one wire for a time. */
const broken =
  (wire: Wire, fault: Fault, ms: number, pace: Partial<UnderTraffic> = {}) =>
  (ground: Ground): Promise<Trial> =>
    underTraffic(
      ground,
      async () => {
        ground.stack.wires[wire].set(fault);
        try {
          await pause(ms);
        } finally {
          ground.stack.wires[wire].set({ kind: "none" });
        }
        return undefined;
      },
      pace,
    );

const resets = (wire: Wire): Scenario => ({
  fault: `${SHARE * 100} % resets, ${NAMES[wire]}`,
  // A statement that is cut costs Mattermost a whole request, so there it is the connections.
  run: broken(wire, { kind: "resets", share: SHARE, of: wire === "database" ? "connections" : "pieces" }, BROKEN_MS),
});
const hole = (wire: Wire): Scenario => ({
  fault: `black hole of ${HOLE_MS / 1000} s, ${NAMES[wire]}`,
  run: broken(wire, { kind: "black hole" }, HOLE_MS),
});
const delay = (wire: Wire, ms: number): Scenario => ({
  fault: `${ms} ms later each way, ${NAMES[wire]}`,
  run: broken(wire, { kind: "delay", ms }, BROKEN_MS),
});

/** Several requests of each conversation wait for the answer to the first of them. */
const outage = (wire: Wire): Scenario => ({
  fault: `refused for ${OUTAGE_MS / 60_000} min, ${NAMES[wire]}`,
  run: broken(wire, { kind: "refused" }, OUTAGE_MS, { pauseMs: 2_000, mentionEvery: 10 }),
  long: true,
});

const JSON_TYPE = { "Content-Type": "application/json" };
const stranger = (status: number, body: string, headers: Readonly<Record<string, string>> = JSON_TYPE): Fault => ({
  kind: "stranger",
  status,
  headers,
  body,
});
const PAGE = "<!doctype html><title>502</title><h1>Bad gateway</h1>";

/** Two a line: who answers wrongly is not asked again for a minute, and every line waits for that. */
const wrongAnswers = (fault: string, answers: readonly Fault[]): Scenario => ({
  fault,
  run: (ground) =>
    underTraffic(ground, async () => {
      const wire = ground.stack.wires.gateway;
      try {
        for (const answer of answers) {
          wire.set(answer);
          await pause(3_000);
        }
      } finally {
        wire.set({ kind: "none" });
      }
      return undefined;
    }),
});

/** Parts that do not reach each other, or reach somebody else. */
export const WIRES: readonly Scenario[] = [
  resets("gateway"),
  resets("database"),
  resets("mattermost"),
  hole("gateway"),
  hole("database"),
  { ...hole("mattermost"), long: true },
  outage("mattermost"),
  delay("gateway", 500),
  { ...delay("mattermost", 500), long: true },
  wrongAnswers("500, then 503 with Retry-After", [
    stranger(500, '{"error":{"code":"internal","message":"Something broke."}}'),
    stranger(503, '{"error":{"code":"busy","message":"Later."}}', { ...JSON_TYPE, "Retry-After": "1" }),
  ]),
  wrongAnswers("200 without the ids, then a proxy's page", [
    stranger(200, '{"ok":true}'),
    stranger(502, PAGE, { "Content-Type": "text/html" }),
    stranger(200, PAGE, { "Content-Type": "text/html" }),
  ]),
];
