import React, { useId, useState } from "react";
import type { Translate } from "../translate.ts";
import { styles } from "../styles.ts";
import type { SettingProps } from "./setting.ts";
import { useValid } from "./use-valid.ts";
import { type Range, whatIsWrongWithUrl, wholeNumberIn } from "./values.ts";

/** The setting “Gateway URL”. */
export function UrlField({ t, ...props }: SettingProps & { t: Translate }) {
  const typed = typeof props.value === "string" ? props.value : "";
  const key = whatIsWrongWithUrl(typed.trim());
  const wrong = key ? t(key) : "";
  useValid(props, wrong && t("setting.wrong", { setting: props.label, reason: wrong }));
  return (
    <Field
      {...props}
      type="url"
      placeholder="https://gateway.example.com"
      typed={typed}
      wrong={wrong}
      change={(text) => props.onChange(props.id, text.trim())}
    />
  );
}

export interface MinutesFieldProps extends SettingProps {
  t: Translate;
  range: Range;
  /** What holds until something was saved. */
  fallback: number;
}

/** A number of minutes; what is not one is shown, and not saved. */
export function MinutesField({ t, range, fallback, ...props }: MinutesFieldProps) {
  const { value } = props;
  const [draft, setDraft] = useState<string>();
  const saved = typeof value === "number" || typeof value === "string" ? String(value) : "";
  const typed = draft ?? (saved || String(fallback));
  const wrong = wholeNumberIn(typed, range) === undefined ? t("minutes.range", { ...range }) : "";
  useValid(props, wrong && t("setting.wrong", { setting: props.label, reason: wrong }));
  const change = (text: string) => {
    setDraft(text);
    props.onChange(props.id, wholeNumberIn(text, range) ?? text);
  };
  return <Field {...props} type="number" typed={typed} wrong={wrong} change={change} {...range} />;
}

interface FieldProps extends SettingProps {
  type: "url" | "number";
  typed: string;
  wrong: string;
  placeholder?: string;
  min?: number;
  max?: number;
  change: (text: string) => void;
}

function Field({ id, label, disabled, type, typed, wrong, placeholder, min, max, change }: FieldProps) {
  const reason = useId();
  return (
    <>
      <input
        {...{ id, type, placeholder, min, max, disabled }}
        className="form-control"
        aria-label={label.replace(/:$/, "")}
        aria-invalid={wrong !== ""}
        aria-describedby={reason}
        value={typed}
        onChange={({ target }) => change(target.value)}
      />
      <div id={reason} role="alert" style={styles.failure}>
        {wrong}
      </div>
    </>
  );
}
