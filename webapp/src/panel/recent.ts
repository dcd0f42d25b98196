/** How many command lines are remembered. */
const KEPT = 5;

/** The command lines that this user ran last in this browser, newest first. */
export interface Recent {
  read: () => string[];
  add: (line: string) => void;
}

/** Remembers by user; where the browser keeps nothing, nothing is remembered. */
export function createRecent(storage: Pick<Storage, "getItem" | "setItem">, userId: () => string): Recent {
  const key = () => `openclaw.recent.${userId()}`;
  const read = (): string[] => {
    try {
      const lines: unknown = JSON.parse(storage.getItem(key()) ?? "[]");
      return Array.isArray(lines) ? lines.filter((line) => typeof line === "string").slice(0, KEPT) : [];
    } catch {
      return [];
    }
  };
  return {
    read,
    add(line) {
      try {
        storage.setItem(key(), JSON.stringify([line, ...read().filter((each) => each !== line)].slice(0, KEPT)));
      } catch {
        // A full or forbidden storage costs the history alone.
      }
    },
  };
}
