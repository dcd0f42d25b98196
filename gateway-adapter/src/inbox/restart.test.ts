import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { ChannelEvent } from "@openclaw-mattermost/contract";
import { type Inbox, type Lifecycle, openInbox } from "./inbox.ts";

let folder: string;
/** The instance that was started last. */
let latest: Inbox;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inbox-"));
});
afterEach(async () => {
  await latest.stop();
  rmSync(folder, { recursive: true });
});

/** An instance of the account's inbox, over OpenClaw's own monitor. */
function start(deliver: (event: ChannelEvent, lifecycle: Lifecycle) => Promise<void>, now = Date.now): Inbox {
  latest = openInbox({
    file: join(folder, "inbox.sqlite"),
    channelId: "mattermost",
    accountId: "default",
    now,
    deliver,
    failing: () => undefined,
    log: () => undefined,
  });
  latest.start();
  return latest;
}

const event = (id: string, lane = "a"): ChannelEvent =>
  ({ id, lane, type: "post.created", stale: false }) as unknown as ChannelEvent;

async function until(what: () => boolean): Promise<void> {
  const deadline = AbortSignal.timeout(10_000);
  while (!what()) await pause(20, undefined, { signal: deadline });
}

// A stop allows seconds for what is on its way.
jest.setTimeout(30_000);

describe("N1 the channel is restarted", () => {
  it("N1 while a turn is about to adopt an event: the next instance does not begin it too", async () => {
    let adopt = (): void => undefined;
    let taken = false;
    const first = start(async (_event, lifecycle) => {
      taken = true;
      await new Promise<void>((resolve) => (adopt = resolve));
      await lifecycle.onAdopted();
    });
    first.append([event("1"), event("2")]);
    await until(() => taken);
    await first.stop();

    const begun: string[] = [];
    start(async ({ id }, lifecycle) => {
      begun.push(id);
      await lifecycle.onAdopted();
    });
    // It looks every second for what an earlier one has left behind.
    await pause(2_500);
    expect(begun).toEqual([]);
    adopt();
    await until(() => begun.length > 0);
    expect(begun).toEqual(["2"]);
  });

  it("N1 while a request waits in OpenClaw's queue: it comes to the next one when that gives it back, and has not failed", async () => {
    let waiting: Lifecycle | undefined;
    const first = start(async (_event, lifecycle) => {
      lifecycle.onDeferred();
      waiting = lifecycle;
    });
    first.append([event("1")]);
    await until(() => waiting !== undefined);
    await first.stop();

    const begun: string[] = [];
    const second = start(async ({ id }, lifecycle) => {
      begun.push(id);
      await lifecycle.onAdopted();
    });
    await pause(1_500);
    expect(begun).toEqual([]);
    await waiting?.onAbandoned();
    // An event that had failed would be tried after a pause that grows.
    await until(() => begun.length > 0);
    expect(begun).toEqual(["1"]);
    await until(() => second.backlog().pending === 0);
  });

  it("N1 while a backlog comes in: nothing of it is handed over any more, and nothing is lost", async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `${i}`);
    const before: string[] = [];
    const begun = Date.now();
    const first = start(
      async ({ id }) => {
        before.push(id);
      },
      // However slow the machine is, more may come.
      () => begun,
    );
    // The first one is in hand already, and waits.
    first.append([event("0", "0")]);
    first.append(ids.slice(1, 30).map((id) => event(id, id)));
    first.append(ids.slice(30).map((id) => event(id, id)));
    await pause(10);
    await first.stop();
    expect(before).toEqual([]);

    const after: string[] = [];
    start(async ({ id }) => {
      after.push(id);
    });
    await until(() => after.length === ids.length);
    expect(after.toSorted()).toEqual(ids.toSorted());
  });
});
