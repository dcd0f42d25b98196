import type { LiveDraft } from "@openclaw-mattermost/contract";
import { copyText } from "../clipboard.ts";
import { createHttp, type Http, type HttpDeps } from "../http.ts";
import { userLocale, type Registry, type Store, type WebPlugin } from "../mattermost.ts";
import { translator } from "../translate.ts";
import { createDraftPost } from "./draft-post.tsx";
import type { Draft } from "./drafts.ts";
import { createFinalPost, FINAL_TYPE } from "./final-post.tsx";
import { followDrafts } from "./follow-drafts.ts";
import { DRAFT_TYPE, removeShown } from "./local-posts.ts";
import { createMarkdown } from "./markdown.ts";
import { answerIn, previewIn } from "./run-facts.ts";

export interface LiveParts {
  registry: Registry;
  store: Store;
  pluginId: string;
  css: string;
  http: Omit<HttpDeps, "base">;
  /** Path that Mattermost is served below. */
  siteRoot: string;
  /** Calls after each break in the connection. */
  onReconnect: (handler: () => void) => void;
}

/**
 * Shows answers as they grow and, when they are finished, what was done for them; gives what takes away what Mattermost does
 * not.
 */
export function registerLive(parts: LiveParts): Required<Pick<WebPlugin, "uninitialize">> {
  const { registry, store, pluginId, css, siteRoot } = parts;
  const http = (path: string): Http => createHttp({ ...parts.http, base: `${siteRoot}${path}` });
  const plugin = http(`/plugins/${pluginId}/api/v1`);
  const mattermost = http("/api/v4");
  const translate = () => translator(userLocale(store.getState()));
  const markdown = createMarkdown({ getState: store.getState, siteUrl: `${window.location.origin}${siteRoot}` });
  const live = followDrafts({
    store,
    snapshot: async (channelId) =>
      (await plugin.get<{ drafts: LiveDraft[] }>(`/channels/${encodeURIComponent(channelId)}/live`)).drafts,
    working: () => translate()("live.working"),
    now: Date.now,
    later: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => {
        clearTimeout(timer);
      };
    },
  });

  const stop = ({ id }: Draft): Promise<void> => plugin.post(`/live/${encodeURIComponent(id)}/stop`);
  const again = async (requestId: string): Promise<void> => {
    const asked = await mattermost.get<{ channel_id: string; root_id: string; message: string }>(`/posts/${requestId}`);
    const { channel_id, root_id, message } = asked;
    await mattermost.post("/posts", { channel_id, root_id, message });
  };
  /** Mattermost takes a file into one post only, so that what came with files would be asked without them. */
  const mayAskAgain = (requestId: string): boolean => {
    const { users, posts } = store.getState().entities;
    const asked = (posts.posts as Partial<typeof posts.posts>)[requestId];
    return asked?.user_id === users.currentUserId && !asked.file_ids?.length;
  };

  registry.registerPostTypeComponent(DRAFT_TYPE, createDraftPost({ drafts: live.drafts, markdown, translate, stop }));
  registry.registerPostTypeComponent(
    FINAL_TYPE,
    createFinalPost({ markdown, translate, mayAskAgain, again, copy: copyText }),
  );
  registry.registerWebSocketEventHandler(`custom_${pluginId}_live`, ({ data }) => {
    const said = heard(data.json);
    if (said) live.hear(said);
  });
  registry.registerWebSocketEventHandler("posted", ({ data }) => {
    const answer = answerIn(data.post);
    if (answer) live.answered(answer);
  });
  registry.registerWebSocketEventHandler("post_deleted", ({ data }) => {
    const preview = previewIn(data.post);
    // Mattermost would say "(message deleted)" in its place.
    if (preview) removeShown(store, preview);
  });
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);

  parts.onReconnect(live.reload);

  return {
    uninitialize() {
      live.close();
      style.remove();
    },
  };
}

type Heard = Parameters<ReturnType<typeof followDrafts>["hear"]>[0];

/** The plugin's own server wrote it, by the contract. */
function heard(json: unknown): Heard | undefined {
  try {
    return typeof json === "string" ? (JSON.parse(json) as Heard) : undefined;
  } catch {
    return undefined;
  }
}
