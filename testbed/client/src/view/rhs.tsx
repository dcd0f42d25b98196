import React from "react";
import type { Session } from "../session.ts";
import { themeOf } from "../theme.ts";
import { Boundary } from "./boundary.tsx";
import { Composer } from "./composer.tsx";
import { PostView } from "./post.tsx";
import { useHost } from "./use-host.ts";

const NONE: never[] = [];

/** The right-hand sidebar: a plugin's component, or a thread. */
export function RightHandSidebar({ session }: { session: Session }) {
  const { store } = session.host;
  const { isSidebarOpen, pluggableId, selectedPostId } = useHost(store, ({ views }) => views.rhs);
  const components = useHost(store, ({ plugins }) => plugins.components["RightHandSidebarComponent"] ?? NONE);
  const theme = themeOf(useHost(store, (state) => state));
  if (!isSidebarOpen) return null;
  const found = components.find(({ id }) => id === pluggableId);
  const Component = found?.component;
  const close = () => store.dispatch({ type: "UPDATE_RHS_STATE", state: null, pluggableId: "" });
  return (
    <aside id="sidebar-right" className="sidebar--right" aria-label="right sidebar">
      <div className="sidebar--right__header">
        <h2 className="sidebar--right__title">{found?.title ?? "Thread"}</h2>
        <button type="button" className="btn btn-icon" aria-label="Close" onClick={close}>
          <i className="icon icon-close" aria-hidden="true" />
        </button>
      </div>
      <div className="sidebar-right__body">
        {Component ? (
          <Boundary>
            <Component theme={theme} webSocketClient={session.socket} />
          </Boundary>
        ) : (
          <Thread session={session} rootId={selectedPostId} />
        )}
      </div>
    </aside>
  );
}

function Thread({ session, rootId }: { session: Session; rootId: string }) {
  const { posts, postsInThread } = useHost(session.host.store, ({ entities }) => entities.posts);
  const root = posts[rootId];
  if (!root) return null;
  const list = [root, ...(postsInThread[rootId] ?? []).flatMap((id) => posts[id] ?? [])];
  return (
    <>
      <div className="post-list">
        {list
          .sort((a, b) => a.create_at - b.create_at)
          .map((post) => (
            <PostView key={post.id} session={session} post={post} isRHS />
          ))}
      </div>
      <Composer session={session} channelId={root.channel_id} rootId={rootId} label="Reply to this thread..." />
    </>
  );
}
