import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { removeOpenClawLocks } from "./openclaw-locks.ts";

it("removes the locks of the databases below a folder, and no others", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "oc-locks-")));
  try {
    const database = join(folder, "home", "state", "openclaw.sqlite");
    const locks = join(folder, "locks");
    mkdirSync(join(folder, "home", "state"), { recursive: true });
    mkdirSync(locks);
    writeFileSync(database, "");
    const hash = createHash("sha256").update(database).digest("hex").slice(0, 8);
    for (const name of [`state-lifecycle.${hash}`, `state-handles.${hash}`, "state-handles.00000000"]) {
      writeFileSync(join(locks, `${name}.lock.sqlite`), "");
    }
    removeOpenClawLocks(join(folder, "home"), locks);
    expect(readdirSync(locks)).toEqual(["state-handles.00000000.lock.sqlite"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
