import type { Action, HostState, Post, Preference, User } from "./types.ts";

type Posts = HostState["entities"]["posts"];

/** Mattermost's reducers of posts, with what a plugin can see of them: swaps by `pending_post_id`, order, threads. */
export function postsReducer(state: Posts, action: Action): Posts {
  switch (action.type) {
    case "RECEIVED_NEW_POST":
    case "RECEIVED_POST":
      return receive(state, action["data"] as Post, action);
    case "RECEIVED_POSTS": {
      const { channelId, list } = action as unknown as { channelId: string; list: Post[] };
      const posts = { ...state.posts };
      for (const post of list) posts[post.id] = post;
      const order = list.filter((post) => !post.delete_at).map((post) => post.id);
      return {
        ...state,
        posts,
        postsInChannel: { ...state.postsInChannel, [channelId]: [{ order, recent: true }] },
        postsInThread: threads(state.postsInThread, list),
      };
    }
    case "POST_REMOVED": {
      const { id, channel_id: channelId } = action["data"] as Post;
      return remove(state, id, channelId);
    }
    case "POST_DELETED": {
      const { id } = action["data"] as Post;
      const known = state.posts[id];
      return known ? { ...state, posts: { ...state.posts, [id]: { ...known, delete_at: 1 } } } : state;
    }
    default:
      return state;
  }
}

function receive(state: Posts, post: Post, action: Action): Posts {
  let next = state;
  if (post.pending_post_id && post.pending_post_id !== post.id)
    next = remove(next, post.pending_post_id, post.channel_id);
  // The lists are reducers of their own in Mattermost: they take a post that is known and not newer all the same.
  const known = next.posts[post.id];
  if (!known || known.update_at < post.update_at) next = { ...next, posts: { ...next.posts, [post.id]: post } };
  if (post.root_id) next = { ...next, postsInThread: threads(next.postsInThread, [post]) };
  const { crtEnabled = false } = (action["features"] ?? {}) as { crtEnabled?: boolean };
  const [block, ...older] = next.postsInChannel[post.channel_id] ?? [];
  if (!block?.recent || block.order.includes(post.id) || (crtEnabled && post.root_id)) return next;
  const order = [post.id, ...block.order].sort(
    (a, b) => (next.posts[b]?.create_at ?? 0) - (next.posts[a]?.create_at ?? 0),
  );
  const blocks = [{ ...block, order: post.pending_post_id ? order : [post.id, ...block.order] }, ...older];
  return { ...next, postsInChannel: { ...next.postsInChannel, [post.channel_id]: blocks } };
}

function remove(state: Posts, id: string, channelId: string): Posts {
  const posts = { ...state.posts };
  const rootId = posts[id]?.root_id ?? "";
  delete posts[id];
  const blocks = (state.postsInChannel[channelId] ?? []).map((block) => ({
    ...block,
    order: block.order.filter((each) => each !== id),
  }));
  return {
    ...state,
    posts,
    postsInChannel: { ...state.postsInChannel, [channelId]: blocks },
    postsInThread: {
      ...state.postsInThread,
      [rootId]: (state.postsInThread[rootId] ?? []).filter((each) => each !== id),
    },
  };
}

function threads(known: Posts["postsInThread"], list: readonly Post[]): Posts["postsInThread"] {
  const next = { ...known };
  for (const { id, root_id: rootId } of list) {
    if (rootId && !next[rootId]?.includes(id)) next[rootId] = [...(next[rootId] ?? []), id];
  }
  return next;
}

export function rhsReducer(state: HostState["views"]["rhs"], action: Action): HostState["views"]["rhs"] {
  switch (action.type) {
    case "SELECT_POST": {
      const selectedPostId = action["postId"] as string;
      return { isSidebarOpen: selectedPostId !== "", rhsState: null, pluggableId: "", selectedPostId };
    }
    case "UPDATE_RHS_STATE": {
      const pluggableId = (action["pluggableId"] as string | undefined) ?? "";
      return {
        isSidebarOpen: pluggableId !== "",
        rhsState: pluggableId ? "plugin" : null,
        pluggableId,
        selectedPostId: "",
      };
    }
    default:
      return state;
  }
}

export function entitiesReducer(state: HostState["entities"], action: Action): HostState["entities"] {
  const posts = postsReducer(state.posts, action);
  if (posts !== state.posts) return { ...state, posts };
  switch (action.type) {
    case "RECEIVED_PROFILES": {
      const list = action["data"] as User[];
      const profiles = { ...state.users.profiles, ...Object.fromEntries(list.map((user) => [user.id, user])) };
      return { ...state, users: { ...state.users, profiles } };
    }
    case "SELECT_CHANNEL":
      return { ...state, channels: { ...state.channels, currentChannelId: action["data"] as string } };
    case "RECEIVED_PREFERENCES": {
      const list = action["data"] as Preference[];
      const more = Object.fromEntries(list.map((each) => [`${each.category}--${each.name}`, each]));
      return { ...state, preferences: { myPreferences: { ...state.preferences.myPreferences, ...more } } };
    }
    case "HOST_BOOTED":
      return { ...state, ...(action["data"] as Partial<HostState["entities"]>) };
    default:
      return state;
  }
}
