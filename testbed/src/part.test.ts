import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { TestbedError } from "./errors.ts";
import { Keeper } from "./keeper.ts";
import { Part } from "./part.ts";
import { until } from "./wait.ts";

let keeper: Keeper;
let folder: string;

beforeEach(() => {
  keeper = new Keeper();
  folder = mkdtempSync(join(tmpdir(), "oc-testbed-part-"));
  keeper.keep({ kind: "folder", path: folder });
});

afterEach(async () => {
  await keeper[Symbol.asyncDispose]();
  expect(existsSync(folder)).toBe(false);
});

const start = (script: string): Promise<Part> =>
  Part.start(
    {
      name: "sh",
      command: "/bin/sh",
      args: ["-c", script],
      cwd: folder,
      env: { PATH: process.env["PATH"] },
      logFile: join(folder, "sh.log"),
      stopDeadlineMs: 300,
    },
    keeper,
  );
const refusal = async (work: Promise<unknown>): Promise<TestbedError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TestbedError) return error;
  throw new Error("it was not refused", { cause: error });
};
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie has ended; only its parent's question is outstanding.
    return process.platform !== "linux" || !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
};
const childOf = async (): Promise<number> =>
  Number(await until(() => readFileSync(join(folder, "child"), "utf8").trim(), { what: "a child", deadlineMs: 5000 }));

describe("Part", () => {
  it("quotes the log of what ended before it was ready", async () => {
    const part = await start("echo no database; exit 3");
    const error = await refusal(part.ready(() => false, 5000));
    expect(error.code).toBe("part.exited");
    expect(error.message).toMatch(/exit status 3[^]*no database/);
  });

  it("quotes the log of what is not ready in time", async () => {
    const part = await start("echo still thinking; sleep 60");
    await until(() => part.tail().includes("thinking"), { what: "a line", deadlineMs: 5000 });
    const error = await refusal(part.ready(() => false, 1));
    expect(error.code).toBe("part.not_ready");
    expect(error.message).toContain("still thinking");
    await part.stop();
  });

  it("kills what does not stop in time, with its children", async () => {
    const part = await start("trap '' TERM; sleep 60 & echo $! > child; wait; wait");
    const child = await childOf();
    expect((await part.stop()).signal).toBe("SIGKILL");
    await until(() => !isAlive(child), { what: "the child's end", deadlineMs: 5000 });
  });

  it("ends what a polite process left behind", async () => {
    const part = await start("trap 'exit 0' TERM; sleep 60 & echo $! > child; wait");
    const child = await childOf();
    expect((await part.stop()).code).toBe(0);
    await until(() => !isAlive(child), { what: "the child's end", deadlineMs: 5000 });
  });

  it("crashes alone, and its children end with the keeper", async () => {
    const part = await start("sleep 60 & echo $! > child; wait");
    const child = await childOf();
    await part.crash();
    expect(isAlive(child)).toBe(true);
    await keeper[Symbol.asyncDispose]();
    await until(() => !isAlive(child), { what: "the child's end", deadlineMs: 5000 });
  });

  it("says that a command does not exist", async () => {
    const spec = {
      name: "nothing",
      command: "/nonexistent",
      args: [],
      cwd: "/",
      env: {},
      logFile: join(folder, "x.log"),
    };
    await expect(Part.start(spec, keeper)).rejects.toMatchObject({ code: "part.not_found" });
  });
});
