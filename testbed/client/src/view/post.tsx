import React, { useState } from "react";
import { call } from "../rest.ts";
import { PostUtils } from "../post-utils.tsx";
import type { Session } from "../session.ts";
import { themeOf } from "../theme.ts";
import type { Post } from "../types.ts";
import { Boundary } from "./boundary.tsx";
import { useHost } from "./use-host.ts";

const NONE: never[] = [];
const clock = new Intl.DateTimeFormat("en", { hour: "numeric", minute: "2-digit" });

export interface PostViewProps {
  session: Session;
  post: Post;
  isRHS?: boolean;
}

/** One post: by a plugin's component if its type has one, else as Markdown, with its menu and its buttons. */
export function PostView({ session, post, isRHS = false }: PostViewProps) {
  const { store } = session.host;
  const author = useHost(store, ({ entities }) => entities.users.profiles[post.user_id]);
  const theme = themeOf(useHost(store, (state) => state));
  const types = useHost(store, ({ plugins }) => plugins.postTypes);
  const below = useHost(store, ({ plugins }) => plugins.components["PostMessageAttachment"] ?? NONE);
  const propType = typeof post.props["type"] === "string" ? post.props["type"] : "";
  const Own = types[propType]?.component ?? types[post.type]?.component;
  return (
    <div id={`${isRHS ? "rhsPost" : "post"}_${post.id}`} className="post" aria-label={author?.username}>
      <span className={`Avatar ${author?.is_bot ? "Avatar--bot" : ""}`} aria-hidden="true">
        {(author?.username ?? "?").slice(0, 2).toUpperCase()}
      </span>
      <div className="post__content">
        <div className="post__header">
          <strong>{author?.username ?? "someone"}</strong>
          {author?.is_bot && <span className="Tag">BOT</span>}
          <time className="post__time">{clock.format(post.create_at)}</time>
          {post.type === "system_ephemeral" && <span className="post__visibility">(Only visible to you)</span>}
        </div>
        <Boundary>
          {Own ? (
            <Own post={post} compactDisplay={false} isRHS={isRHS} theme={theme} />
          ) : (
            PostUtils.messageHtmlToComponent(PostUtils.formatText(post.message))
          )}
        </Boundary>
        {!Own &&
          below.map(({ id, component: Component }) => (
            <Boundary key={id}>{Component && <Component postId={post.id} theme={theme} />}</Boundary>
          ))}
        <Buttons post={post} />
      </div>
      <Menu session={session} post={post} />
    </div>
  );
}

interface Attachment {
  text?: string;
  actions?: { id: string; name: string; type?: string; disabled?: boolean }[];
}

function Buttons({ post }: { post: Post }) {
  const attachments = (post.props["attachments"] ?? []) as Attachment[];
  return (
    <>
      {attachments.map(({ text, actions = [] }, at) => (
        <div key={at} className="attachment">
          {text && PostUtils.messageHtmlToComponent(PostUtils.formatText(text))}
          {actions.map(({ id, name, disabled }) => (
            <button
              key={id}
              type="button"
              className="btn btn-sm btn-tertiary"
              disabled={disabled}
              onClick={() => void call("POST", `/api/v4/posts/${post.id}/actions/${id}`, {})}
            >
              {name}
            </button>
          ))}
        </div>
      ))}
    </>
  );
}

/** The hover bar: reply, and the message actions of plugins. */
function Menu({ session, post }: { session: Session; post: Post }) {
  const { store } = session.host;
  const [open, setOpen] = useState(false);
  const actions = useHost(store, ({ plugins }) => plugins.components["PostDropdownMenu"] ?? NONE);
  const shown = actions.filter(({ filter }) => !filter || filter(post.id));
  return (
    <div className="post-menu">
      <button
        type="button"
        className="btn btn-icon"
        aria-label="reply"
        onClick={() => store.dispatch({ type: "SELECT_POST", postId: post.root_id || post.id })}
      >
        <i className="icon icon-reply-outline" aria-hidden="true" />
      </button>
      {shown.length > 0 && (
        <button type="button" className="btn btn-icon" aria-label="message actions" onClick={() => setOpen(!open)}>
          <i className="icon icon-view-grid-plus-outline" aria-hidden="true" />
        </button>
      )}
      {open && (
        <ul className="Menu" role="menu">
          {shown.map(({ id, text, action }) => (
            <li key={id} role="none">
              <button
                type="button"
                role="menuitem"
                onClick={() => {
                  setOpen(false);
                  (action as ((postId: string) => void) | undefined)?.(post.id);
                }}
              >
                {text}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
