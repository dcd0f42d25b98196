import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PINNED_NODE } from "./paths.ts";

/** What must not outlive the run. */
export type Kept =
  /** `farewell`: a signal that is given a few seconds to work before the group is killed. */
  | { readonly kind: "group"; readonly pid: number; readonly farewell?: NodeJS.Signals }
  /** What OpenClaw keeps elsewhere for its homes below this folder. */
  | { readonly kind: "locks"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "database"; readonly server: string; readonly name: string };

/** One line to the keeper process. */
export type KeeperLine =
  { readonly op: "keep"; readonly id: number; readonly what: Kept } | { readonly op: "release"; readonly id: number };

/**
 * Cleans up after this process, however it ends: a small process of its own holds the list of what was started, and
 * when its input closes (disposal, exit, crash, kill -9 alike) it ends what is still on the list.
 */
export class Keeper implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #gone: Promise<void>;
  #nextId = 1;

  constructor() {
    const script = fileURLToPath(new URL("./keeper-process.ts", import.meta.url));
    // Detached: Ctrl-C in the terminal reaches the run, and the keeper cleans up after it.
    this.#process = spawn(PINNED_NODE, [script], { detached: true, stdio: ["pipe", "ignore", "inherit"] });
    this.#gone = new Promise((resolve) => this.#process.once("close", () => resolve()));
    this.#process.on("error", () => undefined);
    this.#process.stdin?.on("error", () => undefined);
    this.#unref(true);
  }

  /** From now on `what` ends with this run. Call the answer when it has ended by itself. */
  keep(what: Kept): () => void {
    const id = this.#nextId++;
    this.#write({ op: "keep", id, what });
    return () => {
      this.#write({ op: "release", id });
    };
  }

  /** Ends what is still kept, and waits until that is done. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unref(false);
    this.#process.stdin?.end();
    await this.#gone;
  }

  #write(line: KeeperLine): void {
    this.#process.stdin?.write(`${JSON.stringify(line)}\n`);
  }

  /** Whether this process may end although the keeper still listens. */
  #unref(free: boolean): void {
    const pipe = this.#process.stdin as unknown as { ref(): void; unref(): void };
    if (free) {
      this.#process.unref();
      pipe.unref();
    } else {
      this.#process.ref();
      pipe.ref();
    }
  }
}
