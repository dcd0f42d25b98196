/** Follows the server's log, only this plugin's lines unless `logs.ts all`. */
import { setTimeout as pause } from "node:timers/promises";
import { connect, DeployError, orSayWhy, type Server } from "./mattermost.ts";
import { readManifest } from "./repository.ts";

const PAGE_LINES = 1000;
const PAUSE_MS = 2_000;

async function readLines(server: Server): Promise<string[]> {
  const lines = (await server.call("GET", `/logs?page=0&logs_per_page=${String(PAGE_LINES)}`)) as string[];
  const written = lines.filter((line) => line !== "");
  if (written.length === 0) {
    throw new DeployError("The server shows no log file: set LogSettings.EnableFile, or look at what it prints.");
  }
  return written;
}

/** The lines after the last one that was printed; all of them when the log has run past it. */
function newLines(lines: readonly string[], last: string | undefined): readonly string[] {
  return last === undefined ? lines : lines.slice(lines.lastIndexOf(last) + 1);
}

async function follow(wanted: (line: string) => boolean): Promise<never> {
  const server = await connect(process.env);
  let last: string | undefined;
  for (;;) {
    const lines = await readLines(server);
    for (const line of newLines(lines, last).filter(wanted)) console.log(line.trimEnd());
    last = lines.at(-1) ?? last;
    await pause(PAUSE_MS);
  }
}

const { id } = readManifest();
const everything = process.argv[2] === "all";
await orSayWhy(() => follow((line) => everything || line.includes(id)));
