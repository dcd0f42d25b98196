import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "./json.ts";
import { lastLines, quoteLines } from "./log-tail.ts";
import { Part } from "./part.ts";
import { onFreePort } from "./ports.ts";
import type { Run } from "./run.ts";

const READY_DEADLINE_MS = 60_000;
/** It waits for its own goroutines; 12 s were measured. */
const STOP_DEADLINE_MS = 30_000;

const PROBLEM = /^\S+ (warn|error|fatal|critical) |panic|goroutine|\.go:\d+/;
/** What a server without licence and e-mail always says. */
const EXPECTED = /[Ll]icense|welcome email|Unrecognized config permissions tag|No signature when persisting plugin/;

export interface MattermostOptions {
  /** The executable that {@link buildMattermost} made. */
  readonly binary: string;
  readonly dsn: string;
  /** Folder and name in messages; default `mattermost`. Two servers of one run need two names. */
  readonly name?: string;
  /** Merged over the test bed's settings, in the shape of Mattermost's config.json. */
  readonly settings?: JsonObject;
  /** Folder with a web client to serve. */
  readonly client?: string;
}

/** A real Mattermost server on a free port, which keeps its address and data over restarts. */
export class Mattermost implements AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly logFile: string;
  readonly #run: Run;
  readonly #options: MattermostOptions;
  readonly #crashed: Part[] = [];
  #part: Part | undefined;

  private constructor(run: Run, options: MattermostOptions, folder: string, port: number) {
    this.#run = run;
    this.#options = options;
    this.folder = folder;
    this.url = `http://127.0.0.1:${port}`;
    this.logFile = join(folder, "mattermost.log");
  }

  /** Starts a server and waits until it answers. */
  static async start(run: Run, options: MattermostOptions): Promise<Mattermost> {
    const folder = run.subfolder(options.name ?? "mattermost");
    if (options.settings) writeFileSync(join(folder, "settings.json"), JSON.stringify(options.settings, null, 2));
    return onFreePort(async (port) => {
      const server = new Mattermost(run, options, folder, port);
      await server.start();
      return server;
    });
  }

  /** Its database, for a second server on the same one. */
  get dsn(): string {
    return this.#options.dsn;
  }

  /** The server's process, as long as it runs. */
  get pid(): number | undefined {
    return this.#part?.pid;
  }

  async start(): Promise<void> {
    const { host } = new URL(this.url);
    const { binary, dsn, settings, client, name = "mattermost" } = this.#options;
    const part = await Part.start(
      {
        name,
        command: binary,
        args: [
          ...["-listen", host, "-dsn", dsn, "-dir", this.folder],
          ...(settings ? ["-settings", join(this.folder, "settings.json")] : []),
          ...(client ? ["-client", client] : []),
        ],
        cwd: this.folder,
        env: this.#environment(),
        logFile: this.logFile,
        stopDeadlineMs: STOP_DEADLINE_MS,
      },
      this.#run.keeper,
    );
    try {
      await part.ready(() => this.answers(), READY_DEADLINE_MS);
    } catch (error) {
      await part.stop();
      throw error;
    }
    this.#part = part;
  }

  /** Stops it as an administrator would. */
  async stop(): Promise<void> {
    const part = this.#part;
    this.#part = undefined;
    await part?.stop();
  }

  /** kill -9 of the server alone. Its plugins live on until they notice. */
  async crash(): Promise<void> {
    const part = this.#part;
    this.#part = undefined;
    if (!part) return;
    this.#crashed.push(part);
    await part.crash();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Stands still without losing its connections, until {@link resume}. */
  freeze(): void {
    this.#part?.signal("SIGSTOP");
  }

  resume(): void {
    this.#part?.signal("SIGCONT");
  }

  /** Whether the API answers now. */
  async answers(): Promise<boolean> {
    const response = await fetch(`${this.url}/api/v4/system/ping`, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  }

  /** The end of its log: all lines, or warnings, errors and panics only. */
  tail(count = 40, only: "all" | "problems" = "all"): string {
    const lines = lastLines(this.logFile, only === "all" ? count : Number.POSITIVE_INFINITY);
    if (only === "all") return quoteLines(`last lines of ${this.logFile}`, lines);
    const problems = lines.filter((line) => PROBLEM.test(line) && !EXPECTED.test(line));
    return quoteLines(`problems in ${this.logFile}`, problems.slice(-count));
  }

  /** Ends it at once, and what its crashes left: a polite stop takes many seconds, and nobody needs the data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.crash();
    for (const part of this.#crashed.splice(0)) part.reap();
  }

  /** Nothing of the caller's environment may configure the server (MM_…), and its temporary files are the run's. */
  #environment(): NodeJS.ProcessEnv {
    const { PATH, HOME, LANG } = process.env;
    return { PATH, HOME, LANG, TMPDIR: this.#run.subfolder("tmp") };
  }
}
