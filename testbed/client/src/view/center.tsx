import React, { useLayoutEffect, useRef } from "react";
import type { Session } from "../session.ts";
import { Composer } from "./composer.tsx";
import { PostView } from "./post.tsx";
import { titleOf } from "./sidebar.tsx";
import { useHost } from "./use-host.ts";

const NONE: never[] = [];

/** The open channel: header, posts, and where one writes. It stays at the bottom unless the reader has scrolled up. */
export function Center({ session }: { session: Session }) {
  const { store } = session.host;
  const state = useHost(store, (all) => all);
  const { currentChannelId, channels } = state.entities.channels;
  const { posts, postsInChannel } = state.entities.posts;
  const order = postsInChannel[currentChannelId]?.[0]?.order ?? NONE;
  const channel = channels[currentChannelId];
  const list = useRef<HTMLDivElement>(null);
  const atBottom = useRef(true);

  useLayoutEffect(() => {
    if (list.current && atBottom.current) list.current.scrollTop = list.current.scrollHeight;
  });
  useLayoutEffect(() => {
    if (!list.current?.firstElementChild) return;
    const observer = new ResizeObserver(() => {
      if (list.current && atBottom.current) list.current.scrollTop = list.current.scrollHeight;
    });
    observer.observe(list.current.firstElementChild);
    return () => observer.disconnect();
  }, [currentChannelId]);

  if (!channel) return <main className="center-channel" />;
  const title = titleOf(state, channel);
  return (
    <main id="app-content" className="center-channel">
      <header className="channel-header">
        <h1>{title}</h1>
      </header>
      <div
        className="post-list"
        ref={list}
        role="log"
        tabIndex={0}
        aria-label={`posts of ${title}`}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atBottom.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
      >
        <div>
          {order.toReversed().map((id) => {
            const post = posts[id];
            return post && !post.delete_at && <PostView key={post.id} session={session} post={post} />;
          })}
        </div>
      </div>
      <Composer session={session} channelId={channel.id} rootId="" label={`Write to ${title}`} />
    </main>
  );
}
