import type { MattermostAccount } from "../config/account-config.ts";
import { messageOf } from "../errors.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import type { Log } from "./facts.ts";

/** What a server takes: characters of a post, bytes of a file. Undefined until it has said so. */
export interface ServerLimits {
  postRunes: number | undefined;
  fileBytes: number | undefined;
}

/** What every supported server takes. */
const POST_RUNES = 16_383;
/** Mattermost's own default. */
const FILE_BYTES = 100 * 1024 * 1024;
/** What is fetched of a post where the config says nothing. */
const INBOUND_FILE_BYTES = 8 * 1024 * 1024;

/** What an answer is cut to and may carry. */
export function sizesOf(account: MattermostAccount, limits: ServerLimits): { maxRunes: number; maxBytes: number } {
  return { maxRunes: postLimit(account, limits.postRunes), maxBytes: fileLimit(account, limits.fileBytes) };
}

/** Characters of a post: the server's own limit, or less if the config says so. */
export function postLimit(account: Pick<MattermostAccount, "textChunkLimit">, serverRunes: number | undefined): number {
  return Math.min(account.textChunkLimit ?? Number.MAX_SAFE_INTEGER, serverRunes ?? POST_RUNES);
}

/** Bytes of a file that is attached: the server's own limit, or less if the config says so. */
function fileLimit(account: Pick<MattermostAccount, "mediaMaxBytes">, serverBytes: number | undefined): number {
  return Math.min(account.mediaMaxBytes ?? Number.MAX_SAFE_INTEGER, serverBytes ?? FILE_BYTES);
}

/** Bytes of a file that is fetched for the agent. */
export function inboundLimit(account: Pick<MattermostAccount, "mediaMaxBytes">): number {
  return account.mediaMaxBytes ?? INBOUND_FILE_BYTES;
}

/** Asks the server once: the limit of a running server does not change. */
export function readLimits(client: Pick<MattermostClient, "limits">, accountId: string, warn: Log): () => ServerLimits {
  let limits: ServerLimits = { postRunes: undefined, fileBytes: undefined };
  client.limits().then(
    (said) => {
      limits = said;
    },
    (error: unknown) => {
      warn("The server's limits cannot be read; the usual ones are kept to.", {
        account: accountId,
        reason: messageOf(error),
      });
    },
  );
  return () => limits;
}
