import React from "react";
import { styles } from "../styles.ts";
import type { Translate } from "../translate.ts";
import { failureInWords } from "../words.ts";
import type { AdminClient } from "./client.ts";
import type { SettingProps } from "./setting.ts";
import { useAnswer } from "./use-answer.ts";
import { namesIn, withSwitch } from "./values.ts";

export interface CommandSwitchesProps extends SettingProps {
  client: AdminClient;
  t: Translate;
}

/** The setting “Commands that are off”: a switch for each command and skill; what is stored is the list of those that are off. */
export function CommandSwitches({ id, label, value, disabled, onChange, client, t }: CommandSwitchesProps) {
  const { answer: commands, failure } = useAnswer(client.commands);
  if (failure !== undefined) return <p role="alert">{t("card.failed", { reason: failureInWords(failure, t) })}</p>;
  if (!commands) return <p role="status">{t("card.loading")}</p>;
  if (commands.length === 0) return <p>{t("switches.none")}</p>;
  const off = new Set(namesIn(value));
  const groups = [
    { title: t("switches.commands"), list: commands.filter(({ kind }) => kind !== "skill") },
    { title: t("switches.skills"), list: commands.filter(({ kind }) => kind === "skill") },
  ];
  return (
    <div role="group" aria-label={label.replace(/:$/, "")}>
      <p style={styles.advice}>
        {t("switches.count", { on: commands.filter(({ name }) => !off.has(name)).length, all: commands.length })}
      </p>
      {groups
        .filter(({ list }) => list.length > 0)
        .map(({ title, list }) => (
          <fieldset key={title} style={styles.switches}>
            <legend style={styles.legend}>{title}</legend>
            {list.map(({ name, description }) => (
              <label key={name} style={styles.switch}>
                <input
                  type="checkbox"
                  disabled={disabled}
                  checked={!off.has(name)}
                  onChange={({ target }) => onChange(id, withSwitch(value, name, target.checked))}
                />
                <span>
                  <code>/oc_{name}</code> {description}
                </span>
              </label>
            ))}
          </fieldset>
        ))}
    </div>
  );
}
