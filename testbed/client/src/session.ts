import { PostUtils } from "./post-utils.tsx";
import { createPlugins } from "./plugins.ts";
import { createHooks, type Hooks, passCommandHooks } from "./registry.ts";
import { call } from "./rest.ts";
import { createHost, type Host } from "./store.ts";
import type { Channel, HostState, Manifest, Post, Preference, Team, User, WebSocketMessage } from "./types.ts";
import { WebSocketClient } from "./websocket.ts";

/** A logged-in user's page: the store, the plugins in it, and what the user does. */
export interface Session {
  host: Host;
  hooks: Hooks;
  socket: WebSocketClient;
  openChannel: (channelId: string) => Promise<void>;
  /** Posts, or runs what begins with a slash. */
  send: (channelId: string, rootId: string, text: string) => Promise<void>;
}

export async function openSession(me: User): Promise<Session> {
  const host = createHost();
  const hooks = createHooks();
  const socket = new WebSocketClient();
  const { dispatch, getState } = host.store;
  Object.assign(window, { PostUtils, store: host.store });

  const known = new Set<string>();
  async function loadProfiles(ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => id && !known.has(id));
    if (missing.length === 0) return;
    for (const id of missing) known.add(id);
    dispatch({ type: "RECEIVED_PROFILES", data: await call<User[]>("POST", "/api/v4/users/ids", missing) });
  }

  async function openChannel(channelId: string): Promise<void> {
    dispatch({ type: "SELECT_CHANNEL", data: channelId });
    const list = await call<{ order: string[]; posts: Record<string, Post> }>(
      "GET",
      `/api/v4/channels/${channelId}/posts?per_page=60`,
    );
    const posts = list.order.flatMap((id) => list.posts[id] ?? []);
    await loadProfiles([...new Set(posts.map((post) => post.user_id))]);
    dispatch({ type: "RECEIVED_POSTS", channelId, list: posts });
  }

  async function send(channelId: string, rootId: string, text: string): Promise<void> {
    if (!text.startsWith("/")) {
      await call("POST", "/api/v4/posts", { channel_id: channelId, root_id: rootId, message: text });
      return;
    }
    const args = { channel_id: channelId, team_id: getState().entities.teams.currentTeamId, root_id: rootId };
    const command = await passCommandHooks(hooks, text, args);
    if (command) await call("POST", "/api/v4/commands/execute", { command, ...args });
  }

  function onMessage(message: WebSocketMessage): void {
    const { event, data } = message;
    if (["posted", "ephemeral_message", "post_edited", "post_deleted"].includes(event)) {
      const post = JSON.parse(String(data["post"])) as Post;
      void loadProfiles([post.user_id]);
      const type = event === "post_deleted" ? "POST_DELETED" : "RECEIVED_NEW_POST";
      dispatch({ type, data: post, features: { crtEnabled: isCrtOn(getState()) } });
    } else if (event === "preferences_changed") {
      dispatch({ type: "RECEIVED_PREFERENCES", data: JSON.parse(String(data["preferences"])) as Preference[] });
    } else if (event === "plugin_enabled") {
      void plugins.load(data["manifest"] as Manifest);
    } else if (event === "plugin_disabled") {
      plugins.unload((data["manifest"] as Manifest).id);
    }
    hooks.handlers.get(event)?.(message);
  }

  const plugins = createPlugins(host, hooks);
  dispatch({ type: "HOST_BOOTED", data: await readEntities(getState(), me) });
  await loadProfiles(peopleOf(getState()));
  socket.addMessageListener(onMessage);
  socket.addReconnectListener(() => {
    const { currentChannelId } = getState().entities.channels;
    if (currentChannelId) void openChannel(currentChannelId);
    for (const handler of hooks.reconnects.values()) handler();
  });
  socket.connect();
  await plugins.loadAll();
  return { host, hooks, socket, openChannel, send };
}

function isCrtOn({ entities }: HostState): boolean {
  const setting = entities.general.config["CollapsedThreads"] ?? "disabled";
  const chosen = entities.preferences.myPreferences["display_settings--collapsed_reply_threads"]?.value;
  if (setting === "always_on") return true;
  return setting !== "disabled" && (chosen === undefined ? setting === "default_on" : chosen === "on");
}

async function readEntities(state: HostState, me: User): Promise<Partial<HostState["entities"]>> {
  const [config, teams, preferences] = await Promise.all([
    call<Record<string, string>>("GET", "/api/v4/config/client?format=old"),
    call<Team[]>("GET", "/api/v4/users/me/teams"),
    call<Preference[]>("GET", "/api/v4/users/me/preferences"),
  ]);
  const [team] = teams;
  const under = team ? `/api/v4/users/me/teams/${team.id}/channels` : "";
  const channels = team ? await call<Channel[]>("GET", under) : [];
  type Member = HostState["entities"]["channels"]["myMembers"][string];
  const members = team ? await call<Member[]>("GET", `${under}/members`) : [];
  const byId = <T extends { id: string }>(list: readonly T[]) =>
    Object.fromEntries(list.map((each) => [each.id, each]));
  return {
    general: { config },
    users: { currentUserId: me.id, profiles: { [me.id]: me } },
    teams: { currentTeamId: team?.id ?? "", teams: byId(teams) },
    channels: {
      ...state.entities.channels,
      channels: byId(channels),
      myMembers: Object.fromEntries(members.map((member) => [member.channel_id, member])),
    },
    preferences: {
      myPreferences: Object.fromEntries(preferences.map((each) => [`${each.category}--${each.name}`, each])),
    },
  };
}

/** The others of the direct channels. */
function peopleOf({ entities }: HostState): string[] {
  return Object.values(entities.channels.channels).flatMap(({ type, name }) => (type === "D" ? name.split("__") : []));
}
