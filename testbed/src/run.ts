import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Keeper } from "./keeper.ts";
import { makeRunFolder } from "./paths.ts";
import { type Progress, stderrProgress } from "./progress.ts";

/** What every part of one run shares. */
export interface Run extends AsyncDisposable {
  /** Everything that the run writes lies in here. */
  readonly folder: string;
  readonly keeper: Keeper;
  readonly progress: Progress;
  /** Makes and returns a folder inside {@link folder}. */
  subfolder(...names: string[]): string;
}

/** Begins a run. Disposing of it, or the end of this process, removes the folder, unless KEEP=1 is set. */
export function beginRun(progress: Progress = stderrProgress(), env: NodeJS.ProcessEnv = process.env): Run {
  const folder = makeRunFolder();
  const keeper = new Keeper();
  const keepsFolder = env["KEEP"] === "1";
  keeper.keep({ kind: "locks", path: folder });
  if (!keepsFolder) keeper.keep({ kind: "folder", path: folder });
  return {
    folder,
    keeper,
    progress,
    subfolder(...names) {
      const path = join(folder, ...names);
      mkdirSync(path, { recursive: true });
      return path;
    },
    async [Symbol.asyncDispose]() {
      await keeper[Symbol.asyncDispose]();
      if (keepsFolder) progress.say(`KEEP=1: everything of this run is in ${folder}`);
    },
  };
}
