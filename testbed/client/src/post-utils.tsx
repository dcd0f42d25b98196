import { marked } from "marked";
import React, { type ReactNode } from "react";

const escapeHtml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Mattermost's `window.PostUtils`: Markdown to HTML, HTML to an element. No HTML of a post gets through. */
export const PostUtils = {
  formatText: (text: string): string => marked.parse(escapeHtml(text), { async: false, breaks: true, gfm: true }),
  messageHtmlToComponent: (html: string): ReactNode => (
    <div className="post-message__text" dangerouslySetInnerHTML={{ __html: html }} />
  ),
};
