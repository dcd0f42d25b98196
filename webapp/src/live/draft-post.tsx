import React, { useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Translate } from "../translate.ts";
import type { Draft, Drafts } from "./drafts.ts";
import { markdown } from "./markdown.ts";
import { RunDetails } from "./run-details.tsx";

export interface DraftPostProps {
  post: { id: string };
  isRHS?: boolean;
}
export interface DraftPostDeps {
  drafts: Drafts;
  translate: () => Translate;
  /** Stops the run; rejects if it cannot be asked for. */
  stop: (draft: Draft) => Promise<void>;
}

/** A reader who has scrolled up by more than this reads something else. */
const FOLLOW_PX = 40;

/** The body of a draft's post: the answer as it grows. */
export function createDraftPost({ drafts, translate, stop }: DraftPostDeps) {
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
        <RunDetails thinking={draft.thinking} tools={draft.tools} t={t} />
        <div className="oc-live-text" aria-live="off">
          {draft.text === "" ? <span className="oc-live-quiet">{t("live.working")}</span> : markdown(draft.text)}
        </div>
        <Stop t={t} stop={() => stop(draft)} />
      </div>
    );
  };
}

function Stop({ t, stop }: { t: Translate; stop: () => Promise<void> }) {
  const [state, setState] = useState<"ready" | "asked" | "failed">("ready");
  const ask = (): void => {
    setState("asked");
    stop().catch(() => {
      setState("failed");
    });
  };
  return (
    <div className="oc-live-actions">
      <button type="button" className="btn btn-tertiary btn-xs" disabled={state === "asked"} onClick={ask}>
        {state === "asked" ? t("live.stopping") : t("live.stop")}
      </button>
      {state === "failed" && <span role="alert">{t("live.stop_failed")}</span>}
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
