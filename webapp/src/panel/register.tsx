import React from "react";
import { createHttp, type HttpDeps } from "../http.ts";
import {
  channelTitle,
  isShown,
  placeOf,
  postOf,
  type Registry,
  type Store,
  userLocale,
  userName,
  type WebPlugin,
} from "../mattermost.ts";
import { translator } from "../translate.ts";
import { createPanelClient } from "./client.ts";
import { EVENT_NAMES, readEvent } from "./events.ts";
import { panelWith } from "./panel.tsx";
import { createRecent } from "./recent.ts";
import { isShortcut, shortcutHint } from "./shortcut.ts";
import { createPanelStore } from "./store.ts";

export interface PanelParts {
  registry: Registry;
  store: Store;
  pluginId: string;
  icon: string;
  css: string;
  http: Omit<HttpDeps, "base">;
  /** Calls after each break in the connection. */
  onReconnect: (handler: () => void) => void;
  /** Path that Mattermost is served below. */
  siteRoot: string;
}

/** Puts the panel in, with all the ways to open it, and gives what takes away what Mattermost does not. */
export function registerPanel(parts: PanelParts): Required<Pick<WebPlugin, "uninitialize">> {
  const { registry, store, pluginId, icon, css, siteRoot } = parts;
  const locale = userLocale(store.getState());
  const t = translator(locale);
  const state = () => store.getState();
  const me = () => state().entities.users.currentUserId;
  const mattermost = createHttp({ ...parts.http, base: `${siteRoot}/api/v4` });
  const client = createPanelClient(
    createHttp({ ...parts.http, base: `${siteRoot}/plugins/${pluginId}/api/v1` }),
    mattermost,
  );
  const panel = createPanelStore({
    client,
    place: () => placeOf(state()),
    onMove: (listener) => store.subscribe(listener),
    now: () => Date.now(),
  });

  const Panel = panelWith({
    store: panel,
    client,
    recent: createRecent(window.localStorage, me),
    t,
    locale,
    me,
    userName: (id) => userName(state(), id),
    channelTitle: (id) => channelTitle(state(), id),
    goTo: (channelId) => goTo(store, siteRoot, channelId),
    postText: (id) => {
      const post = postOf(state(), id);
      return post && { author: userName(state(), post.user_id), text: post.message };
    },
    permalink: (id) => `${window.location.origin}${siteRoot}/_redirect/pl/${id}`,
  });
  const title = "OpenClaw";
  const rhs = registry.registerRightHandSidebarComponent(Panel, title);

  /** Another way to open it while it is open already means: go there. */
  function show(options: { askAbout?: string; focus: boolean; rootId?: string }): void {
    const place = placeOf(state());
    panel.aim({ ...place, rootId: options.rootId ?? place.rootId }, options);
    if (!isShown(state(), rhs.id)) store.dispatch(rhs.showRHSPlugin);
  }
  function toggle(focus: boolean): void {
    if (isShown(state(), rhs.id)) store.dispatch(rhs.hideRHSPlugin);
    else show({ focus });
  }

  const hint = t("panel.open", { shortcut: shortcutHint(window.navigator.userAgent) });
  registry.registerChannelHeaderButtonAction(
    <img src={icon} alt="" width={18} height={18} />,
    () => toggle(false),
    title,
    hint,
  );
  registry.registerAppBarComponent?.({ iconUrl: icon, tooltipText: hint, action: () => toggle(false) });
  registry.registerPostDropdownMenuAction(
    t("ask.menu"),
    (postId) => {
      const post = postOf(state(), postId);
      if (post) show({ askAbout: postId, focus: true, rootId: post.root_id || post.id });
    },
    (postId) => isAskable(postOf(state(), postId)),
  );
  registry.registerSlashCommandWillBePostedHook?.((message, args) => {
    if (message.trim() !== "/oc") return { message, args };
    show({ focus: true, rootId: args.root_id });
    return {};
  });
  for (const name of EVENT_NAMES) {
    registry.registerWebSocketEventHandler(`custom_${pluginId}_${name}`, (event) => panel.hear(readEvent(name, event)));
  }
  parts.onReconnect(() => {
    if (isShown(state(), rhs.id)) void panel.refresh();
  });

  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const onKey = (event: KeyboardEvent) => {
    if (!isShortcut(event)) return;
    event.preventDefault();
    toggle(true);
  };
  document.addEventListener("keydown", onKey);
  return {
    uninitialize() {
      document.removeEventListener("keydown", onKey);
      style.remove();
    },
  };
}

/** Posts that somebody wrote and that can be answered. */
function isAskable(post: ReturnType<typeof postOf>): boolean {
  return post?.delete_at === 0 && post.message !== "" && !post.type.startsWith("system_");
}

function goTo(store: Store, siteRoot: string, channelId: string): void {
  const { entities } = store.getState();
  const team = entities.teams.teams[entities.teams.currentTeamId]?.name ?? "";
  const path = `/${team}/channels/${entities.channels.channels[channelId]?.name ?? channelId}`;
  const history = window.WebappUtils?.browserHistory;
  if (history) history.push(path);
  else window.location.assign(`${siteRoot}${path}`);
}
