import type { RunningAccount } from "./account.ts";

/** The accounts that run in this gateway at the moment. */
export function createRegistry() {
  const running = new Map<string, RunningAccount>();
  return {
    get: (accountId: string) => running.get(accountId),
    add(accountId: string, account: RunningAccount): void {
      running.set(accountId, account);
    },
    remove(accountId: string, account: RunningAccount): void {
      if (running.get(accountId) === account) running.delete(accountId);
    },
  };
}
export type Registry = ReturnType<typeof createRegistry>;
