import type { RunningAccount } from "./account.ts";
import { clientOf } from "./account/client.ts";
import { createAttach, type Attach } from "./account/interactions.ts";
import type { HostConfig, MattermostAccount } from "./config/account-config.ts";
import { getRuntime } from "./host/runtime.ts";
import type { MattermostClient } from "./mattermost/client.ts";
import { createDestinations, type Destinations } from "./reply/destination.ts";
import { dmRetryBy } from "./reply/dm-retry.ts";

/** What sends and looks up for an account, whether it runs or not. */
export interface AccountParts {
  client: MattermostClient;
  destinations: Pick<Destinations, "channelId">;
  botId: () => Promise<string>;
  /** Makes the attachments of buttons and selects. */
  attach: Attach;
  /** Of a running account. */
  threads?: RunningAccount["threads"];
  finals?: RunningAccount["finals"];
  unsure?: RunningAccount["unsure"];
  asked?: RunningAccount["asked"];
}

/** The accounts that run in this gateway at the moment. */
export function createRegistry() {
  const running = new Map<string, RunningAccount>();
  return {
    get: (accountId: string) => running.get(accountId),
    all: (): RunningAccount[] => [...running.values()],
    add(accountId: string, account: RunningAccount): void {
      running.set(accountId, account);
    },
    remove(accountId: string, account: RunningAccount): void {
      if (running.get(accountId) === account) running.delete(accountId);
    },
    /** The running account's parts where there are some, so that what it remembers is used. Throws without token or address. */
    partsOf(account: MattermostAccount): AccountParts {
      const found = running.get(account.accountId);
      const client = found?.client ?? clientOf(account);
      const botId = async (): Promise<string> => found?.bot()?.id ?? (await client.me()).id;
      const destinations =
        found?.destinations ?? createDestinations({ client, botId, retry: dmRetryBy(() => account.dmChannelRetry) });
      const attach =
        found?.attach ??
        createAttach({
          client,
          account: () => account,
          config: () => getRuntime().config.current() as HostConfig,
          welcome: () => undefined,
          withoutPlugin: () => account.transport === "websocket",
        });
      return {
        client,
        destinations,
        botId,
        attach,
        ...(found ? { threads: found.threads, finals: found.finals, unsure: found.unsure, asked: found.asked } : {}),
      };
    },
  };
}
export type Registry = ReturnType<typeof createRegistry>;
