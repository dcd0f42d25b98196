import type { GlobalState } from "@mattermost/types/store";
import type { Draft } from "./drafts.ts";

export const DRAFT_TYPE = "custom_openclaw_draft";

export interface LocalStore {
  getState: () => GlobalState;
  dispatch: (action: never) => unknown;
}

/**
 * Puts the post that shows a draft into Mattermost's store; the same again changes nothing that is there. Its message is seen where
 * Mattermost renders no post's body, as for users who switched formatting off.
 */
export function putDraft(store: LocalStore, draft: Draft, message: string): void {
  const { id, channel_id, root_id, user_id, started_at } = draft;
  // Mattermost's client fails on a post that lacks any of these.
  const post = {
    ...{ id, channel_id, root_id, user_id },
    ...{ create_at: started_at, update_at: started_at, edit_at: 0, delete_at: 0 },
    ...{ message, type: DRAFT_TYPE, props: { from_bot: "true" }, pending_post_id: "", original_id: "" },
    ...{ hashtags: "", file_ids: [], reply_count: 0, is_pinned: false, metadata: {} },
  };
  const features = { crtEnabled: isCollapsed(store.getState()) };
  store.dispatch({ type: "RECEIVED_NEW_POST", data: post, features } as never);
}

/** Takes out what showed a run. Without its channel the client would keep an id that leads nowhere. */
export function removeShown(store: LocalStore, shown: Pick<Draft, "id" | "channel_id" | "root_id">): void {
  const { id, channel_id, root_id } = shown;
  if (hasPost(store.getState(), id))
    store.dispatch({ type: "POST_REMOVED", data: { id, channel_id, root_id } } as never);
}

export function hasPost(state: GlobalState, id: string): boolean {
  return id in state.entities.posts.posts;
}

/**
 * Whether a draft is missing from a list that should have it: the list of a channel that was not open when the draft
 * began is loaded without it.
 */
export function isHidden(state: GlobalState, { id, channel_id, root_id }: Draft): boolean {
  const { posts, postsInChannel } = state.entities.posts;
  if (!(id in posts)) return true;
  if (root_id && isCollapsed(state)) return false;
  const blocks = (postsInChannel as Partial<typeof postsInChannel>)[channel_id] ?? [];
  const newest = blocks.find(({ recent }) => recent);
  return newest !== undefined && !newest.order.includes(id);
}

/** Whether this user sees replies in threads only. */
export function isCollapsed(state: GlobalState): boolean {
  const mode: string = state.entities.general.config.CollapsedThreads ?? "disabled";
  if (mode === "disabled" || mode === "always_on") return mode === "always_on";
  const preference = state.entities.preferences.myPreferences["display_settings--collapsed_reply_threads"];
  return (preference?.value ?? (mode === "default_on" ? "on" : "off")) === "on";
}
