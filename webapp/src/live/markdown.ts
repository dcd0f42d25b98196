import type { GlobalState } from "@mattermost/types/store";
import { createElement, type MouseEvent, type ReactNode } from "react";
import { createFormatOptions } from "./format-options.ts";

/** What Mattermost lends to plugins: its Markdown, and the way to another of its pages. */
declare global {
  interface Window {
    PostUtils?: {
      formatText: (text: string, options: object) => string;
      messageHtmlToComponent: (html: string, options: object) => ReactNode;
    };
    WebappUtils?: { browserHistory?: { push: (path: string) => void } };
  }
}

/** The stored post that a text is of. */
export interface TextOf {
  id: string;
  channel_id: string;
  edit_at?: number;
  metadata?: { images?: object };
}

/** Shows a text as Mattermost shows it in posts. */
export type Markdown = (text: string, of?: TextOf) => ReactNode;

export interface MarkdownDeps {
  getState: () => GlobalState;
  /** Address of this Mattermost, as the page has it. */
  siteUrl: string;
}

export function createMarkdown({ getState, siteUrl }: MarkdownDeps): Markdown {
  const optionsOf = createFormatOptions(siteUrl);
  return (text, of) => {
    const utils = window.PostUtils;
    if (!utils) return createElement("p", { style: { whiteSpace: "pre-wrap" }, dir: "auto" }, text);
    const options = optionsOf(getState());
    const edited = of ? { postId: of.id, editedAt: of.edit_at ?? 0 } : {};
    const html = utils.formatText(text, { ...options, ...edited });
    const shown = utils.messageHtmlToComponent(html, {
      ...edited,
      ...(of ? { channelId: of.channel_id, imagesMetadata: of.metadata?.images ?? {} } : {}),
    });
    const onClick = (event: MouseEvent): void => {
      goTo(event, `/${options.team?.name ?? ""}/channels/`);
    };
    return createElement("div", { className: "post-message__text", dir: "auto", onClick }, shown);
  };
}

/** Links to places in Mattermost open in this page, as they do in other posts, where no key asks for another. */
function goTo(event: MouseEvent, channels: string): void {
  const history = window.WebappUtils?.browserHistory;
  const link = event.target instanceof Element ? event.target.closest("[data-link], [data-channel-mention]") : null;
  if (!history || !link || event.button !== 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
    return;
  const channel = link.getAttribute("data-channel-mention");
  event.preventDefault();
  history.push(channel === null ? (link.getAttribute("data-link") ?? "/") : `${channels}${channel}`);
}
