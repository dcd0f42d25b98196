import { randomUUID } from "node:crypto";
import { MattermostError, messageOf } from "../../errors.ts";
import { createFinalizableDraftLifecycle } from "../../host/streaming.ts";
import type { MattermostClient } from "../../mattermost/client.ts";
import { PREVIEW_PROP } from "../../mattermost/posts.ts";
import type { PreviewNotes } from "../../notes/previews.ts";

export interface PreviewDeps {
  client: Pick<MattermostClient, "createPost" | "editPost" | "deletePost">;
  notes: Pick<PreviewNotes, "posting" | "posted" | "settled">;
  /** Cuts a text into posts that the server takes. */
  split: (text: string) => string[];
  /** Between two changes of the post. */
  throttleMs: number;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

/** A post that is edited while a run goes on. It is never the answer. */
export interface Preview {
  /** Shows this text instead of what was shown. */
  show: (text: string) => void;
  /** Resolves when the latest text is shown. */
  flush: () => Promise<void>;
  /** What is shown stays in the channel; the next text is shown in a post of its own. */
  keep: () => Promise<void>;
  /** Removes what is shown; the next text is shown in a new post. */
  clear: () => Promise<void>;
  /** Removes what is shown, and shows nothing any more. */
  end: () => Promise<void>;
}

interface Shown {
  key: string;
  postId: string | undefined;
  text: string;
}

/** A preview in a channel or thread. Its own failures are logged once and never thrown: the run goes on without it. */
export function createPreview(deps: PreviewDeps, where: { channelId: string; rootId: string }): Preview {
  let current = stage();
  let ended = false;
  let complained = false;

  function complain(sentence: string, reason: string): void {
    if (!complained) deps.log(sentence, { channel: where.channelId, reason });
    complained = true;
  }

  /** One preview post and its life. */
  function stage() {
    const shown: Shown = { key: randomUUID(), postId: undefined, text: "" };
    const state = { stopped: false, final: false };
    const life = createFinalizableDraftLifecycle<string>({
      throttleMs: deps.throttleMs,
      state,
      sendOrEditStreamMessage: async (value) => {
        const text = withoutMentions(deps.split(value).at(-1) ?? "");
        if (text === "" || text === shown.text) return true;
        try {
          await put(shown, text);
          shown.text = text;
        } catch (error) {
          // Somebody deleted it, or it may not be made: the answer comes all the same.
          if (isRefusal(error)) state.stopped = true;
          complain("A preview could not be shown.", messageOf(error));
        }
        return true;
      },
      readMessageId: () => shown.postId,
      clearMessageId: () => {
        shown.postId = undefined;
      },
      isValidMessageId: (value): value is string => typeof value === "string",
      deleteMessage: async (postId) => {
        await remove(deps.client, postId);
        deps.notes.settled(shown.key);
      },
      warn: (message) => {
        complain("A preview could not be removed; it is removed at the next start.", message);
      },
      warnPrefix: "preview",
    });
    return { shown, life };
  }

  async function put(shown: Shown, text: string): Promise<void> {
    if (shown.postId) {
      await deps.client.editPost(shown.postId, text);
      return;
    }
    deps.notes.posting(shown.key, where.channelId);
    const post = await deps.client.createPost({
      channelId: where.channelId,
      message: text,
      rootId: where.rootId,
      props: { [PREVIEW_PROP]: shown.key },
    });
    shown.postId = post.id;
    deps.notes.posted(shown.key, post.id);
  }

  return {
    show: (text) => {
      if (!ended) current.life.update(text);
    },
    flush: () => current.life.loop.flush(),
    async keep() {
      const { shown, life } = current;
      current = stage();
      await life.stop();
      deps.notes.settled(shown.key);
    },
    async clear() {
      const { life } = current;
      current = stage();
      await life.clear();
    },
    async end() {
      ended = true;
      await current.life.clear();
    },
  };
}

/** Removes a preview; one that is gone already is removed. */
export async function remove(client: Pick<MattermostClient, "deletePost">, postId: string): Promise<void> {
  try {
    await client.deletePost(postId);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof MattermostError && [400, 403, 404].includes(error.status);
}

/** Nobody is called by half an answer: the whole one does that. */
function withoutMentions(text: string): string {
  return text.replace(/@(?=[\p{L}\p{N}_])/gu, "@\u200b");
}
