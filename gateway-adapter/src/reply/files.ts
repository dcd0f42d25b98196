import { MattermostError, messageOf } from "../errors.ts";
import type { LoadedMedia } from "../host/media.ts";
import type { MattermostClient } from "../mattermost/client.ts";

/** What Mattermost takes in one post. */
export const FILES_PER_POST = 10;

/** A file to attach: where it is, and its name if the place does not tell. */
export interface OutgoingFile {
  url: string;
  name?: string;
}

export interface FileDeps {
  client: Pick<MattermostClient, "uploadFile">;
  load: (url: string, maxBytes: number) => Promise<LoadedMedia>;
  /** What the server takes, or less if the config says so. */
  maxBytes: number;
}

/**
 * Uploads files to a channel. A file that cannot be had or is refused is told in `failures`, in words for the reader; what
 * may work later is thrown, before anything can be seen.
 */
export async function uploadFiles(
  deps: FileDeps,
  channelId: string,
  files: readonly OutgoingFile[],
  signal?: AbortSignal,
): Promise<{ fileIds: string[]; failures: string[] }> {
  const fileIds: string[] = [];
  const failures: string[] = [];
  for (const { url, name } of files) {
    try {
      const loaded = await deps.load(url, deps.maxBytes);
      fileIds.push(await deps.client.uploadFile({ channelId, ...loaded, ...(name ? { name } : {}) }, signal));
    } catch (error) {
      if (error instanceof MattermostError && mayWorkLater(error)) throw error;
      failures.push(`\`${name ?? nameOf(url)}\` could not be attached: ${reasonOf(error, deps.maxBytes)}`);
    }
  }
  return { fileIds, failures };
}

const MIB = 1024 * 1024;

function reasonOf(error: unknown, maxBytes: number): string {
  if (error instanceof MattermostError)
    return error.status === 413 ? "it is larger than Mattermost allows." : error.message;
  if (/exceeds|too large/i.test(messageOf(error)))
    return `it is larger than ${String(Math.floor((maxBytes / MIB) * 10) / 10)} MiB, the most that is allowed here.`;
  // What OpenClaw says of a file may hold a path of the gateway.
  return "it cannot be read on the gateway.";
}

function mayWorkLater(error: MattermostError): boolean {
  return error.code === "network" || error.code === "timeout" || error.status === 429 || error.status >= 500;
}

/** The last part of a path or an address, without what could be secret in an address. */
function nameOf(url: string): string {
  const path = url.replace(/[?#].*$/, "").replace(/[\\/]+$/, "");
  return (path.split(/[\\/]/).at(-1) ?? "file").replace(/`/g, "'");
}

/** Spreads files over posts: they hang on the last text, and what is too many for it follows in posts of its own. */
export function layOut(texts: readonly string[], fileIds: readonly string[]): { text: string; fileIds: string[] }[] {
  const posts = texts.map((text) => ({ text, fileIds: [] as string[] }));
  for (let at = 0; at < fileIds.length; at += FILES_PER_POST) {
    const group = fileIds.slice(at, at + FILES_PER_POST);
    const last = posts.at(-1);
    if (at === 0 && last) last.fileIds = group;
    else posts.push({ text: "", fileIds: group });
  }
  return posts;
}
