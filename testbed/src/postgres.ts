import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "./command.ts";
import { answersQueries, createDatabase, dropDatabase } from "./database.ts";
import { Part } from "./part.ts";
import { onFreePort } from "./ports.ts";
import { findPostgres, type PostgresBinaries } from "./postgres-binaries.ts";
import type { Run } from "./run.ts";

const READY_DEADLINE_MS = 30_000;
const INITDB_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;
/** Room for two Mattermost servers on one database. */
const MAX_CONNECTIONS = 200;

/** A PostgreSQL server with databases for this run. */
export interface Postgres extends AsyncDisposable {
  /** Makes an empty database and returns its DSN. It goes when the run ends. */
  database(): Promise<string>;
  /** Its "immediate" shutdown: no session is ended politely, and the log is recovered at the next start. Ours only. */
  stopImmediately(): Promise<void>;
  /** Starts it again on the same port. Ours only. */
  start(): Promise<void>;
  /** Its log, if it is ours. */
  readonly logFile: string | undefined;
}

/** Starts PostgreSQL from npm, or uses the server that OC_TESTBED_DSN names. */
export async function startPostgres(run: Run, env: NodeJS.ProcessEnv = process.env): Promise<Postgres> {
  const given = env["OC_TESTBED_DSN"];
  return given ? usePostgres(run, given) : embedPostgres(run);
}

const notOurs = (): Error => new TypeError("OC_TESTBED_DSN names a server that is not ours to stop.");

/** Databases on somebody else's server, dropped afterwards. */
async function usePostgres(run: Run, server: string): Promise<Postgres> {
  await answersQueries(server);
  const drops: (() => Promise<void>)[] = [];
  return {
    logFile: undefined,
    async database() {
      const name = `oc_testbed_${randomBytes(6).toString("hex")}`;
      const release = run.keeper.keep({ kind: "database", server, name });
      drops.push(async () => {
        await dropDatabase(server, name);
        release();
      });
      return createDatabase(server, name);
    },
    stopImmediately: () => Promise.reject(notOurs()),
    start: () => Promise.reject(notOurs()),
    async [Symbol.asyncDispose]() {
      for (const drop of drops.splice(0)) await drop();
    },
  };
}

/** A server of our own in the run's folder. */
async function embedPostgres(run: Run): Promise<Postgres> {
  const folder = run.subfolder("postgres");
  const binaries = findPostgres(join(folder, "native"));
  const data = await initialise(run, binaries, folder);
  const logFile = join(folder, "postgres.log");
  let nextDatabase = 1;
  const start = async (port: number): Promise<Part> => {
    const started = await Part.start(
      {
        name: "PostgreSQL",
        command: binaries.postgres,
        args: ["-D", data, "-p", String(port), ...settings()],
        cwd: data,
        env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
        logFile,
        stopSignal: "SIGINT", // "fast": sessions are ended, data is written
        stopDeadlineMs: STOP_DEADLINE_MS,
        leavesTraces: true, // shared memory
        ...(binaries.user ? { user: binaries.user } : {}),
      },
      run.keeper,
    );
    try {
      await started.ready(() => answersQueries(dsnOf(port)), READY_DEADLINE_MS);
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  };
  const first = await onFreePort(async (port) => ({ port, part: await start(port) }));
  const { port } = first;
  let { part } = first;
  return {
    logFile,
    database: () => createDatabase(dsnOf(port), `mattermost_${nextDatabase++}`),
    async stopImmediately() {
      part.signal("SIGQUIT");
      await part.exited;
      part.reap();
    },
    async start() {
      part = await start(port);
    },
    async [Symbol.asyncDispose]() {
      await part.stop();
    },
  };
}

const dsnOf = (port: number): string => `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable`;

/** Trust without a password is right here: it listens on loopback only, for the length of a run. */
async function initialise(run: Run, binaries: PostgresBinaries, folder: string): Promise<string> {
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  if (binaries.user) chownSync(data, binaries.user.uid, binaries.user.gid);
  const args = [
    "--pgdata",
    data,
    "--username",
    "postgres",
    "--auth",
    "trust",
    "--no-locale",
    "--encoding",
    "UTF8",
    "--no-sync",
  ];
  await mustRun(
    {
      command: binaries.initdb,
      args,
      cwd: data,
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
      deadlineMs: INITDB_DEADLINE_MS,
      ...(binaries.user ? { user: binaries.user } : {}),
    },
    run.keeper,
  );
  return data;
}

/** The data need not survive a power cut, and nobody connects by a socket file. */
function settings(): string[] {
  const values = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: String(MAX_CONNECTIONS),
    // What was committed outlives the server's process, not the machine.
    fsync: "off",
    full_page_writes: "off",
    logging_collector: "off",
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
