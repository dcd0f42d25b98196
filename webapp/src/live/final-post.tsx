import React, { useState } from "react";
import type { Translate } from "../translate.ts";
import type { Markdown } from "./markdown.ts";
import { RunDetails } from "./run-details.tsx";
import { runOf, type FinalPost } from "./run-facts.ts";

export const FINAL_TYPE = "custom_openclaw";

export interface FinalPostDeps {
  markdown: Markdown;
  translate: () => Translate;
  /** Whether this user wrote the post that was answered, and it can be asked again. */
  mayAskAgain: (requestId: string) => boolean;
  /** Asks the same again, as this user, in the same place. */
  again: (requestId: string) => Promise<void>;
  copy: (text: string) => Promise<void>;
}

/** The body of a finished answer that was shown live. Every other client shows the same text as a plain post. */
export function createFinalPost({ markdown, translate, mayAskAgain, again, copy }: FinalPostDeps) {
  return function FinalPostBody({ post }: { post: FinalPost }) {
    const t = translate();
    const run = runOf(post);
    return (
      <div className="oc-live oc-live-final">
        <RunDetails thinking={run.thinking} tools={run.tools} t={t} markdown={markdown} />
        <div className="oc-live-text">{markdown(post.message, post)}</div>
        <div className="oc-live-actions">
          <Action
            label={t("live.copy")}
            done={t("live.copied")}
            failed={t("live.failed")}
            act={() => copy(post.message)}
          />
          {run.requestId !== "" && mayAskAgain(run.requestId) && (
            <Action
              label={t("live.again")}
              done={t("live.asked_again")}
              failed={t("live.failed")}
              act={() => again(run.requestId)}
            />
          )}
        </div>
      </div>
    );
  };
}

interface ActionProps {
  label: string;
  done: string;
  failed: string;
  act: () => Promise<void>;
}

function Action({ label, done, failed, act }: ActionProps) {
  const [state, setState] = useState<"ready" | "busy" | "done" | "failed">("ready");
  const press = (): void => {
    setState("busy");
    act().then(
      () => {
        setState("done");
      },
      () => {
        setState("failed");
      },
    );
  };
  return (
    <button type="button" className="btn btn-tertiary btn-xs" disabled={state === "busy"} onClick={press}>
      {state === "done" ? done : state === "failed" ? failed : label}
    </button>
  );
}
