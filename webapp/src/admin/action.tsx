import React, { useEffect, useRef, useState } from "react";
import type { Translate } from "../translate.ts";
import { styles } from "./styles.ts";
import { failureInWords } from "./words.ts";

export interface Action {
  busy: boolean;
  /** Why the last run failed, in words; empty when it did not. */
  failure: string;
  run: () => void;
}

/** Something that a button does: once at a time, and a failure is said. */
export function useAction(act: () => Promise<void>, t: Translate): Action {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const run = async () => {
    setBusy(true);
    setFailure("");
    try {
      await act();
    } catch (error) {
      setFailure(failureInWords(error, t));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, run: () => void run() };
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
}

/** A button that works; with a question it asks first, in place, and can be left by Escape. */
export function ActionButton({ t, label, kind = "tertiary", act, question, destructive = false }: ActionButtonProps) {
  const { busy, failure, run } = useAction(act, t);
  const [asking, setAsking] = useState(false);
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
          className={`btn btn-${destructive ? "danger" : "primary"}`}
          onClick={() => {
            leave();
            run();
          }}
        >
          {label}
        </button>
        <button type="button" className="btn btn-tertiary" ref={cancel} onClick={leave}>
          {t("action.cancel")}
        </button>
      </div>
    );
  }
  return (
    <>
      <button
        type="button"
        className={`btn btn-${kind}`}
        ref={button}
        disabled={busy}
        onClick={question ? () => setAsking(true) : run}
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
