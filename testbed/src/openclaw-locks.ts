import { createHash } from "node:crypto";
import { existsSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";

const HASH_LENGTH = 8;

/**
 * Removes the lock files of all OpenClaw databases below `folder`, whose owners have ended. OpenClaw keeps them in one
 * place for all its homes, whatever TMPDIR says, names them by the database's path, and leaves them there.
 */
export function removeOpenClawLocks(folder: string, lockFolder = ourLockFolder()): void {
  if (!existsSync(folder) || !existsSync(lockFolder)) return;
  const hashes = new Set(
    readdirSync(realpathSync(folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".sqlite"))
      .map((entry) =>
        createHash("sha256").update(join(entry.parentPath, entry.name)).digest("hex").slice(0, HASH_LENGTH),
      ),
  );
  for (const name of readdirSync(lockFolder)) {
    const [, hash, kind] = name.split(".");
    if (kind === "lock" && hash !== undefined && hashes.has(hash)) rmSync(join(lockFolder, name), { force: true });
  }
}

function ourLockFolder(): string {
  return `/tmp/openclaw-state-locks-${process.getuid?.() ?? ""}`;
}
