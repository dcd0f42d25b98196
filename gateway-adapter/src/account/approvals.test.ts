import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { createApprovals, type Approvals } from "./approvals.ts";

const ANNA = "a".repeat(26);
const BERT = "b".repeat(26);

let folder: string;
let allowed: string[];
let told: string[];
let failures: Error[];
let logged: string[];
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "approvals-"));
  [allowed, told, failures, logged, now] = [[], [], [], [], 0];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** One instance, which looks `rounds` times. */
async function look(
  rounds: number,
  waiting: string[] = [],
  onRound: (round: number, approvals: Approvals) => void = () => {},
): Promise<void> {
  const stop = new AbortController();
  let round = 0;
  const approvals = createApprovals({
    accountId: "default",
    file: join(folder, "approvals.json"),
    allowed: () => Promise.resolve(allowed),
    tell: (userId) => {
      const failure = failures.shift();
      if (failure) return Promise.reject(failure);
      told.push(userId);
      return Promise.resolve();
    },
    now: () => now,
    sleep: () => {
      round += 1;
      if (round >= rounds) stop.abort();
      onRound(round, approvals);
      return Promise.resolve();
    },
    log: (sentence) => logged.push(sentence),
  });
  for (const userId of waiting) approvals.expect(userId);
  await approvals.run(stop.signal);
}

describe("S7 N18 an approved pairing is told to the user", () => {
  it("S7 once, and only to whom it was approved", async () => {
    await look(3, [ANNA, BERT], (round) => {
      if (round === 1) allowed = [`user:${ANNA.toUpperCase()}`];
    });
    expect(told).toEqual([ANNA]);
  });

  it("S7 also when it was approved while the gateway was away", async () => {
    await look(1, [ANNA]);
    allowed = [ANNA];
    await look(1);
    await look(1, [BERT]);
    expect(told).toEqual([ANNA]);
  });

  it("S7 again when Mattermost was away, and not when the account is closed", async () => {
    allowed = [ANNA];
    failures = [new MattermostError("network", "away"), new MattermostError("http", "busy", { status: 429 })];
    await look(3, [ANNA]);
    expect(told).toEqual([ANNA]);
    failures = [new MattermostError("http", "closed", { status: 400 })];
    allowed = [BERT];
    await look(2, [BERT, ANNA]);
    expect(told).toEqual([ANNA]);
    expect(logged).toHaveLength(3);
  });

  it("S7 not after a week, and nothing is left of it", async () => {
    await look(1, [ANNA]);
    now = 8 * 24 * 3_600_000;
    allowed = [ANNA];
    await look(1, [BERT]);
    expect(told).toEqual([]);
    allowed = [BERT];
    await look(1);
    expect(told).toEqual([BERT]);
    expect(existsSync(join(folder, "approvals.json"))).toBe(false);
  });

  it("S7 once, also where OpenClaw tells this process of it", async () => {
    await look(2, [ANNA, BERT], (round, approvals) => {
      if (round === 1) void approvals.tellNow(ANNA);
      if (round === 1) allowed = [ANNA, BERT];
      if (round === 2) void approvals.tellNow(BERT);
    });
    expect(told).toEqual([ANNA, BERT]);
  });

  it("S7 a file that cannot be read stops nothing", async () => {
    writeFileSync(join(folder, "approvals.json"), "{");
    allowed = [ANNA];
    await look(1, [ANNA]);
    expect(told).toEqual([ANNA]);
  });
});
