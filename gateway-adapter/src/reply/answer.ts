import type { ActionAttachment } from "../interactions/attachments.ts";
import type { Controls } from "../interactions/control.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import { FILES_PER_POST, layOut, uploadFiles, type FileDeps, type OutgoingFile } from "./files.ts";
import { sendPost, type PostDeps, type PostRequest } from "./post.ts";
import { splitMarkdown } from "./split-markdown.ts";
import { readTarget } from "../mattermost/target.ts";

export interface AnswerDeps extends Omit<FileDeps, "client">, Omit<PostDeps, "client"> {
  client: Pick<MattermostClient, "createPost" | "post" | "postsSince" | "uploadFile">;
  /** Characters of a post. */
  maxRunes: number;
  /** Makes the attachments of controls for a channel. */
  attach: (controls: Controls, channelId: string) => Promise<ActionAttachment[]>;
}

export interface AnswerRequest {
  to: string;
  text: string;
  files: readonly OutgoingFile[];
  /** Buttons and selects below its text. */
  controls?: Controls;
  /** Thread root; empty for none. */
  rootId: string;
  /** The same for a repeated attempt of the same answer. */
  onceKey?: string;
  signal?: AbortSignal;
  /** Right before each post; `post.ts`. */
  onPosting?: PostRequest["onPosting"];
  /** Right after each post. */
  onPosted?: (post: { id: string; channelId: string }) => Promise<void> | void;
}

/**
 * Posts an answer: its text in as few posts as it takes, its files on the last of them. All files are uploaded before the
 * first post, and what could not be attached is said in a post of its own.
 */
export async function sendAnswer(
  deps: AnswerDeps,
  request: AnswerRequest,
): Promise<{ channelId: string; postIds: string[] }> {
  const channelId = await deps.destinations.channelId(readTarget(request.to));
  const { fileIds, failures } = await uploadFiles(deps, channelId, request.files, request.signal);
  const posts: LaidOut[] = layOut(textsOf(request.text, deps.maxRunes), fileIds);
  if (request.controls?.length) {
    const attachments = await deps.attach(request.controls, channelId);
    const below = posts.findLast(({ text }) => text !== "") ?? posts.at(-1);
    if (below) below.attachments = attachments;
    else if (attachments.length > 0) posts.push({ text: "", fileIds: [], attachments });
  }
  if (failures.length > 0) posts.push({ text: failures.join("\n"), fileIds: [] });
  const postIds: string[] = [];
  for (const [part, post] of posts.entries()) {
    request.signal?.throwIfAborted();
    const sent = await sendPost(deps, {
      to: `channel:${channelId}`,
      ...post,
      rootId: request.rootId,
      ...(request.onceKey ? { onceKey: `${request.onceKey}:${String(part)}` } : {}),
      ...(request.signal ? { signal: request.signal } : {}),
      ...(request.onPosting ? { onPosting: request.onPosting } : {}),
      patient: request.onceKey !== undefined || part > 0,
    });
    postIds.push(sent.id);
    await request.onPosted?.(sent);
  }
  return { channelId, postIds };
}

type LaidOut = { text: string; fileIds: string[]; attachments?: ActionAttachment[] };

const textsOf = (text: string, maxRunes: number): string[] => (text.trim() === "" ? [] : splitMarkdown(text, maxRunes));

/** How many posts an answer makes if all of its files are taken. `hasControls`: there are buttons. */
export function postCount(text: string, files: number, maxRunes: number, hasControls = false): number {
  const texts = textsOf(text, maxRunes).length;
  const groups = Math.ceil(files / FILES_PER_POST);
  return texts > 0 ? texts + Math.max(0, groups - 1) : Math.max(groups, hasControls ? 1 : 0);
}
