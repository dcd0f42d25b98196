import { MattermostError, messageOf } from "../errors.ts";
import { toInboundMediaFacts } from "../host/media.ts";
import type { MattermostClient } from "../mattermost/client.ts";

export interface AttachmentDeps {
  client: Pick<MattermostClient, "fileInfo" | "file">;
  save: (
    file: { name: string; content: Buffer; contentType: string },
    maxBytes: number,
  ) => Promise<{ path: string; contentType: string }>;
  /** A larger file is not fetched. */
  maxBytes: () => number;
}

/** What the agent gets of a post's files. */
export interface Attachments {
  media: ReturnType<typeof toInboundMediaFacts>;
  /** What could not be fetched, and why, for the agent to say. */
  notes: string[];
}

export const NO_FILES: Attachments = { media: [], notes: [] };

const MIB = 1024 * 1024;

/** Fetches the files of a post. A refusal becomes a note; where Mattermost does not answer the turn has to be tried again. */
export async function fetchAttachments(deps: AttachmentDeps, fileIds: readonly string[]): Promise<Attachments> {
  const files: { path: string; contentType: string; fileName: string }[] = [];
  const notes: string[] = [];
  const maxBytes = deps.maxBytes();
  for (const id of fileIds) {
    let name = id;
    try {
      const info = await deps.client.fileInfo(id);
      name = info.name;
      if (info.size > maxBytes) {
        notes.push(`[The file ${name} was not fetched: it is larger than ${mib(maxBytes)} MiB (mediaMaxMb).]`);
        continue;
      }
      const content = await deps.client.file(id, maxBytes);
      const saved = await deps.save({ name, content, contentType: info.mime_type }, maxBytes);
      files.push({ ...saved, fileName: name });
    } catch (error) {
      if (!(error instanceof MattermostError) || error.code !== "http" || error.status === 429 || error.status >= 500)
        throw error;
      notes.push(`[The file ${name} could not be fetched: ${messageOf(error)}]`);
    }
  }
  return { media: toInboundMediaFacts(files), notes };
}

const mib = (bytes: number): string => String(Math.round((bytes / MIB) * 10) / 10);
