import type { CommandSpec } from "@openclaw-mattermost/contract";
import React, { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { TextKey } from "../translate.ts";
import { commandLine, type Missing, PREFIX, type Values, whatIsMissing } from "./command-line.ts";
import { useTools } from "./use-panel.ts";

const WHY = {
  required: "form.required",
  oneWord: "form.oneWord",
  before: "form.before",
} satisfies Record<Missing["reason"], TextKey>;

export interface CommandFormProps {
  spec: CommandSpec;
  send: (line: string) => void;
  leave: () => void;
}

/** A form in place of remembered syntax; below it stands the line that it types. */
export function CommandForm({ spec, send, leave }: CommandFormProps) {
  const { t } = useTools();
  const [values, setValues] = useState<Values>({});
  const [missing, setMissing] = useState<Missing>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("select, input, textarea")?.focus(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = whatIsMissing(spec, values);
    setMissing(found);
    if (found) form.current?.querySelector<HTMLElement>(`[name="${found.arg}"]`)?.focus();
    else send(commandLine(spec, values));
  };
  return (
    <form
      ref={form}
      aria-label={`${PREFIX}${spec.name}`}
      noValidate
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        leave();
      }}
    >
      <p>
        <strong>{`${PREFIX}${spec.name}`}</strong> <span className="OpenClawPanel__hint">{spec.description}</span>
      </p>
      {spec.args.map((arg) => (
        <Field
          key={arg.name}
          arg={arg}
          value={values[arg.name] ?? ""}
          wrong={missing?.arg === arg.name ? t(WHY[missing.reason], { arg: arg.name }) : ""}
          change={(value) => setValues({ ...values, [arg.name]: value })}
        />
      ))}
      <p>
        <code>{commandLine(spec, values)}</code>
      </p>
      <div className="OpenClawPanel__buttons">
        <button type="submit" className="btn btn-sm btn-primary">
          {t("form.run")}
        </button>
        <button type="button" className="btn btn-sm btn-tertiary" onClick={leave}>
          {t("action.cancel")}
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  arg: CommandSpec["args"][number];
  value: string;
  /** Why the value cannot be sent; "" if it can. */
  wrong: string;
  change: (value: string) => void;
}

function Field({ arg, value, wrong, change }: FieldProps) {
  const { t } = useTools();
  const id = useId();
  const common = {
    id,
    name: arg.name,
    className: "form-control",
    value,
    "aria-required": arg.required,
    "aria-invalid": wrong !== "",
    "aria-describedby": `${id}-more`,
  };
  return (
    <div className="OpenClawPanel__field">
      <label htmlFor={id}>
        {arg.name} {!arg.required && <span className="OpenClawPanel__hint">{t("form.optional")}</span>}
      </label>
      {arg.choices.length > 0 ? (
        <select {...common} onChange={({ target }) => change(target.value)}>
          <option value="">{t(arg.required ? "form.choose" : "form.none")}</option>
          {arg.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label || choice.value}
            </option>
          ))}
        </select>
      ) : arg.rest ? (
        <textarea {...common} rows={3} onChange={({ target }) => change(target.value)} />
      ) : (
        <input {...common} onChange={({ target }) => change(target.value)} />
      )}
      <div id={`${id}-more`} className="OpenClawPanel__hint">
        {wrong ? <span role="alert">{wrong}</span> : arg.description}
      </div>
    </div>
  );
}
