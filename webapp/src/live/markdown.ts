import { createElement, type ReactNode } from "react";

/** Mattermost's own Markdown, which it lends to plugins. */
interface PostUtils {
  formatText: (text: string, options: object) => string;
  messageHtmlToComponent: (html: string, options: object) => ReactNode;
}

declare global {
  interface Window {
    PostUtils?: PostUtils;
  }
}

/** A text as Mattermost shows it in posts. */
export function markdown(text: string): ReactNode {
  const utils = window.PostUtils;
  if (!utils) return createElement("p", { style: { whiteSpace: "pre-wrap" } }, text);
  const html = utils.formatText(text, { atMentions: true, mentionHighlight: false, singleline: false, markdown: true });
  return utils.messageHtmlToComponent(html, { mentionHighlight: false });
}
