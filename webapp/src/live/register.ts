import type { GlobalState } from "@mattermost/types/store";
import type { LiveDraft } from "@openclaw-mattermost/contract";
import { createHttp, type Http, type HttpDeps } from "../http.ts";
import { userLocale, type Registry, type Store, type WebPlugin } from "../mattermost.ts";
import { translator } from "../translate.ts";
import { createDraftPost } from "./draft-post.tsx";
import type { Draft } from "./drafts.ts";
import { createFinalPost, FINAL_TYPE } from "./final-post.tsx";
import { followDrafts } from "./follow-drafts.ts";
import { DRAFT_TYPE } from "./local-posts.ts";
import { answerIn } from "./run-facts.ts";

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
  const live = followDrafts({
    store,
    snapshot: async (channelId) =>
      (await plugin.get<{ drafts: LiveDraft[] }>(`/channels/${encodeURIComponent(channelId)}/live`)).drafts,
    now: Date.now,
    later: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => {
        clearTimeout(timer);
      };
    },
  });

  /** Mattermost runs it as if it had been typed where the answer grows. */
  const stop = async ({ channel_id, root_id }: Draft): Promise<void> => {
    const team_id = teamOf(store.getState(), channel_id);
    await mattermost.post("/commands/execute", { channel_id, root_id, team_id, command: "/oc_stop" });
  };
  const again = async (requestId: string): Promise<void> => {
    const asked = await mattermost.get<{ channel_id: string; root_id: string; message: string }>(`/posts/${requestId}`);
    const { channel_id, root_id, message } = asked;
    await mattermost.post("/posts", { channel_id, root_id, message });
  };
  const isAsker = (requestId: string): boolean => {
    const { users, posts } = store.getState().entities;
    const asked = (posts.posts as Partial<typeof posts.posts>)[requestId];
    return asked?.user_id === users.currentUserId;
  };

  registry.registerPostTypeComponent(DRAFT_TYPE, createDraftPost({ drafts: live.drafts, translate, stop }));
  registry.registerPostTypeComponent(
    FINAL_TYPE,
    createFinalPost({ translate, isAsker, again, copy: (text) => navigator.clipboard.writeText(text) }),
  );
  registry.registerWebSocketEventHandler(`custom_${pluginId}_live`, ({ data }) => {
    const said = heard(data.json);
    if (said) live.hear(said);
  });
  registry.registerWebSocketEventHandler("posted", ({ data }) => {
    const answer = answerIn(data.post);
    if (answer) live.answered(answer);
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

/** Direct channels belong to no team: a command there is run in the team that the user looks at. */
function teamOf({ entities }: GlobalState, channelId: string): string {
  const channels = entities.channels.channels as Partial<typeof entities.channels.channels>;
  return channels[channelId]?.team_id || entities.teams.currentTeamId;
}
