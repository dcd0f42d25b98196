import React, { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { RequestError } from "../http.ts";
import type { TextKey, Translate } from "../translate.ts";
import type { Draft, Drafts } from "./drafts.ts";
import type { Markdown } from "./markdown.ts";
import { RunDetails } from "./run-details.tsx";

export interface DraftPostProps {
  post: { id: string };
  isRHS?: boolean;
}
export interface DraftPostDeps {
  drafts: Drafts;
  markdown: Markdown;
  translate: () => Translate;
  /** Stops the run; rejects if it cannot be asked for. */
  stop: (draft: Draft) => Promise<void>;
}

/** A reader who has scrolled up by more than this reads something else. */
const FOLLOW_PX = 40;
/** What is stopped is gone within this time. */
const STOPPED_MS = 8_000;

/** The body of a draft's post: the answer as it grows. */
export function createDraftPost({ drafts, markdown, translate, stop }: DraftPostDeps) {
  return function DraftPost({ post, isRHS }: DraftPostProps) {
    const draft = useSyncExternalStore(
      (changed) => drafts.listen(post.id, changed),
      () => drafts.get(post.id),
    );
    const body = useRef<HTMLDivElement>(null);
    useLayoutEffect(() => {
      // The channel's list follows its end by itself, the thread's does not.
      if (isRHS && body.current) follow(body.current);
    }, [draft, isRHS]);
    const t = translate();
    if (!draft) return <div className="oc-live" />;
    return (
      <div className="oc-live" ref={body} aria-busy="true">
        <RunDetails thinking={draft.thinking} tools={draft.tools} t={t} markdown={markdown} />
        <div className="oc-live-text" aria-live="off">
          {draft.text === "" ? <span className="oc-live-quiet">{t("live.working")}</span> : markdown(draft.text)}
        </div>
        <Stop t={t} stop={() => stop(draft)} />
      </div>
    );
  };
}

function Stop({ t, stop }: { t: Translate; stop: () => Promise<void> }) {
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState<{ key: TextKey; said?: string }>();
  useEffect(() => {
    if (!asked) return undefined;
    const timer = setTimeout(() => {
      setAsked(false);
      setFailure({ key: "live.stop_slow" });
    }, STOPPED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [asked]);
  const ask = (): void => {
    setAsked(true);
    setFailure(undefined);
    stop().catch((error: unknown) => {
      setAsked(false);
      setFailure({ key: "live.stop_failed", said: error instanceof RequestError ? error.message : "" });
    });
  };
  return (
    <div className="oc-live-actions">
      <button type="button" className="btn btn-tertiary btn-xs" disabled={asked} onClick={ask}>
        {asked ? t("live.stopping") : t("live.stop")}
      </button>
      {failure && <span role="alert">{failure.said || t(failure.key)}</span>}
    </div>
  );
}

function follow(element: HTMLElement): void {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (at.scrollHeight <= at.clientHeight || !/auto|scroll/.test(getComputedStyle(at).overflowY)) continue;
    const below = at.scrollHeight - at.clientHeight - at.scrollTop;
    const grown = element.offsetHeight - Number(element.dataset.height ?? 0);
    if (below - grown <= FOLLOW_PX) at.scrollTop = at.scrollHeight;
    break;
  }
  element.dataset.height = String(element.offsetHeight);
}
