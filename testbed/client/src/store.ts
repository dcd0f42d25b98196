import { legacy_createStore } from "redux";
import { entitiesReducer, rhsReducer } from "./reducers.ts";
import type { Action, HostState, HostStore, Registered } from "./types.ts";

const EMPTY: HostState = {
  entities: {
    general: { config: {} },
    users: { currentUserId: "", profiles: {} },
    teams: { currentTeamId: "", teams: {} },
    channels: { currentChannelId: "", channels: {}, myMembers: {} },
    preferences: { myPreferences: {} },
    posts: { posts: {}, postsInChannel: {}, postsInThread: {}, pendingPostIds: [] },
  },
  views: { rhs: { isSidebarOpen: false, rhsState: null, pluggableId: "", selectedPostId: "" } },
  plugins: { components: {}, postTypes: {}, adminConsoleCustomComponents: {} },
};

type Reducer = (state: unknown, action: Action) => unknown;

export interface Host {
  store: HostStore;
  /** A plugin's own part of the state. */
  addReducer: (pluginId: string, reducer: Reducer) => void;
}

/** The store in the shapes of Mattermost's: plain actions, thunks and `redux-batched-actions`. */
export function createHost(): Host {
  const own = new Map<string, Reducer>();

  function reduce(state: HostState = EMPTY, action: Action): HostState {
    if (action.type === "BATCHING_REDUCER.BATCH") return (action["payload"] as Action[]).reduce(reduce, state);
    let next: HostState = {
      ...state,
      entities: entitiesReducer(state.entities, action),
      views: { rhs: rhsReducer(state.views.rhs, action) },
      plugins: pluginsReducer(state.plugins, action),
    };
    for (const [id, reducer] of own) next = { ...next, [`plugins-${id}`]: reducer(next[`plugins-${id}`], action) };
    return next;
  }

  const redux = legacy_createStore(reduce as never) as unknown as HostStore;
  const store: HostStore = {
    getState: () => redux.getState(),
    subscribe: (listener) => redux.subscribe(listener),
    dispatch: (action) =>
      typeof action === "function" ? action(store.dispatch, store.getState) : redux.dispatch(action),
  };
  return {
    store,
    addReducer(pluginId, reducer) {
      own.set(pluginId, reducer);
      store.dispatch({ type: "@@host/reducer" });
    },
  };
}

function pluginsReducer(state: HostState["plugins"], action: Action): HostState["plugins"] {
  switch (action.type) {
    case "RECEIVED_PLUGIN_COMPONENT": {
      const { name, data } = action as unknown as { name: string; data: Registered };
      return { ...state, components: { ...state.components, [name]: [...(state.components[name] ?? []), data] } };
    }
    case "RECEIVED_PLUGIN_POST_COMPONENT": {
      const data = action["data"] as Registered;
      return { ...state, postTypes: { ...state.postTypes, [data.type ?? ""]: data } };
    }
    case "RECEIVED_ADMIN_CONSOLE_CUSTOM_COMPONENT": {
      const { data } = action as unknown as { data: HostState["plugins"]["adminConsoleCustomComponents"][string] };
      const known = state.adminConsoleCustomComponents;
      return { ...state, adminConsoleCustomComponents: { ...known, [data.key.toLowerCase()]: data } };
    }
    case "REMOVED_PLUGIN_COMPONENT": {
      const stays = ({ id }: Registered) => id !== action["id"];
      const components = Object.entries(state.components).map(([name, list]) => [name, list.filter(stays)] as const);
      const postTypes = Object.entries(state.postTypes).filter(([, each]) => stays(each));
      return { ...state, components: Object.fromEntries(components), postTypes: Object.fromEntries(postTypes) };
    }
    case "REMOVED_WEBAPP_PLUGIN":
      return EMPTY.plugins;
    default:
      return state;
  }
}
