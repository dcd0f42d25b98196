import React, { useEffect, useRef, useState } from "react";
import type { Translate } from "./translate.ts";
import { styles } from "./styles.ts";
import { failureInWords } from "./words.ts";

export interface Action<T = void> {
  busy: boolean;
  /** Why the last run failed, in words; empty when it did not. */
  failure: string;
  run: (argument: T) => void;
}

/** Something that a button does: once at a time, and a failure is said. */
export function useAction<T = void>(act: (argument: T) => Promise<void>, t: Translate): Action<T> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const run = async (argument: T) => {
    setBusy(true);
    setFailure("");
    try {
      await act(argument);
    } catch (error) {
      setFailure(failureInWords(error, t));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, run: (argument) => void run(argument) };
}

export interface ActionButtonProps {
  t: Translate;
  label: string;
  kind?: "primary" | "tertiary";
  act: () => Promise<void>;
  /** Asked before it is done. */
  question?: string;
  /** Cannot be undone. */
  destructive?: boolean;
  /** Mattermost's name of a size; default is its usual one. */
  size?: "sm" | "xs";
}

/** A button that works; with a question it asks first, in place, and can be left by Escape. */
export function ActionButton({
  t,
  label,
  kind = "tertiary",
  act,
  question,
  destructive = false,
  size,
}: ActionButtonProps) {
  const { busy, failure, run } = useAction(act, t);
  const [asking, setAsking] = useState(false);
  const sized = size ? `btn-${size}` : "";
  const button = useRef<HTMLButtonElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);

  useEffect(() => {
    if (asking) cancel.current?.focus();
    else if (asked.current) button.current?.focus();
    asked.current = asking;
  }, [asking]);

  if (asking) {
    const leave = () => setAsking(false);
    return (
      <div
        role="group"
        aria-label={question}
        style={styles.actions}
        onKeyDown={(event) => {
          if (event.key === "Escape") leave();
        }}
      >
        <span>{question}</span>
        <button
          type="button"
          className={`btn ${sized} btn-${destructive ? "danger" : "primary"}`}
          onClick={() => {
            leave();
            run();
          }}
        >
          {label}
        </button>
        <button type="button" className={`btn ${sized} btn-tertiary`} ref={cancel} onClick={leave}>
          {t("action.cancel")}
        </button>
      </div>
    );
  }
  return (
    <>
      <button
        type="button"
        className={`btn ${sized} btn-${kind}`}
        ref={button}
        disabled={busy}
        onClick={question ? () => setAsking(true) : () => run()}
      >
        {busy ? t("action.working") : label}
      </button>
      {failure && (
        <span role="alert" style={styles.failure}>
          {failure}
        </span>
      )}
    </>
  );
}
