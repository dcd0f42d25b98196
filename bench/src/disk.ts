import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

/** Times synced commits of one row of `bytes` each, on the disk that the gateway's inbox lies on as well. */
export interface Disk extends Disposable {
  commits(pace: { readonly count: number; readonly everyMs: number; readonly bytes: number }): Promise<number[]>;
}

export function openDisk(folder: string): Disk {
  const database = new DatabaseSync(join(folder, "bench.sqlite"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (body TEXT NOT NULL)");
  const insert = database.prepare("INSERT INTO rows (body) VALUES (?)");
  return {
    async commits({ count, everyMs, bytes }) {
      const took: number[] = [];
      for (let index = 0; index < count; index++) {
        await pause(everyMs);
        const start = performance.now();
        insert.run("x".repeat(bytes));
        took.push(performance.now() - start);
      }
      return took;
    },
    [Symbol.dispose]() {
      database.close();
    },
  };
}
