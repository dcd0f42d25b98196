import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { TestbedError } from "./errors.ts";
import type { Keeper, Kept } from "./keeper.ts";
import { quoteLog } from "./log-tail.ts";
import { until } from "./wait.ts";

/** How to start a process of the test bed. */
export interface PartSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Both output streams are appended to it. */
  readonly logFile: string;
  /** Runs as this user; the log file stays the caller's. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly stopSignal?: NodeJS.Signals;
  /** How long it may take to end before it is killed. */
  readonly stopDeadlineMs?: number;
  /** It needs its stop signal to clean up after itself even when the run dies. */
  readonly leavesTraces?: boolean;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const STOP_DEADLINE_MS = 20_000;

/** One running process of the test bed, in a process group of its own, with its output in a file. */
export class Part {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;
  readonly #spec: PartSpec;
  readonly #release: () => void;
  #exit: Exit | undefined;

  private constructor(spec: PartSpec, pid: number, exited: Promise<Exit>, release: () => void) {
    this.#spec = spec;
    this.name = spec.name;
    this.pid = pid;
    this.logFile = spec.logFile;
    this.#release = release;
    this.exited = exited.then((exit) => (this.#exit = exit));
  }

  /** Starts the process; it is running, not ready, when this settles. */
  static async start(spec: PartSpec, keeper: Keeper): Promise<Part> {
    const log = openSync(spec.logFile, "a");
    try {
      const child = spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env: spec.env,
        detached: true,
        stdio: ["ignore", log, log],
        ...(spec.user ?? {}),
      });
      const exited = new Promise<Exit>((resolve) => {
        child.once("exit", (code, signal) => {
          resolve({ code, signal });
        });
      });
      await new Promise<void>((resolve, reject) => {
        child.once("spawn", resolve);
        child.once("error", (cause) => {
          const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
          reject(
            new TestbedError(missing ? "part.not_found" : "part.exited", `${spec.name} could not be started`, {
              cause,
            }),
          );
        });
      });
      const pid = child.pid;
      if (pid === undefined) throw new TestbedError("part.exited", `${spec.name} has no process`);
      return new Part(spec, pid, exited, keeper.keep(entryFor(spec, pid)));
    } finally {
      closeSync(log);
    }
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  /** The end of its log, to put below an error. */
  tail(count = 40): string {
    return quoteLog(this.logFile, count);
  }

  /** Waits until `probe` says yes; fails at once, with the end of the log, if the process ends before. */
  async ready(probe: () => boolean | Promise<boolean>, deadlineMs: number): Promise<void> {
    const ended = new AbortController();
    void this.exited.then((exit) => {
      ended.abort(
        new TestbedError("part.exited", `${this.name} ended before it was ready (${describe(exit)})`, {
          tail: this.tail(),
        }),
      );
    });
    try {
      await until(probe, { deadlineMs, what: `${this.name}: ready`, signal: ended.signal });
    } catch (error) {
      if (ended.signal.aborted) throw ended.signal.reason;
      throw new TestbedError("part.not_ready", `${this.name} was not ready within ${deadlineMs / 1000} s`, {
        cause: error,
        tail: this.tail(),
      });
    }
  }

  /** Ends it politely, after the deadline by force, and with it whatever it left in its group. */
  async stop(): Promise<Exit> {
    this.signal(stopSignalOf(this.#spec));
    const timer = setTimeout(() => {
      this.#signalGroup("SIGKILL");
    }, this.#spec.stopDeadlineMs ?? STOP_DEADLINE_MS);
    const exit = await this.exited;
    clearTimeout(timer);
    this.#signalGroup("SIGKILL");
    this.#release();
    return exit;
  }

  /**
   * kill -9 of this process alone, as a crash would be: its children live on, for as long as they themselves decide.
   * What is left of them ends with {@link reap}, or with the run.
   */
  async crash(): Promise<Exit> {
    this.signal("SIGKILL");
    return this.exited;
  }

  /** Ends what a crash left in the group. */
  reap(): void {
    this.#signalGroup("SIGKILL");
    this.#release();
  }

  /** Sends a signal to the process alone. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) send(this.pid, signal);
  }

  #signalGroup(signal: NodeJS.Signals): void {
    send(-this.pid, signal);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // EPERM: macOS says so of a group that has only zombies left.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

function entryFor(spec: PartSpec, pid: number): Kept {
  const farewell = spec.leavesTraces ? { farewell: stopSignalOf(spec) } : {};
  return { kind: "group", pid, ...farewell };
}

function stopSignalOf(spec: PartSpec): NodeJS.Signals {
  return spec.stopSignal ?? "SIGTERM";
}

function describe(exit: Exit): string {
  return exit.signal ? `signal ${exit.signal}` : `exit status ${exit.code}`;
}
