import type { CommandSpec } from "@openclaw-mattermost/contract";
import React, { useId } from "react";
import { ActionButton } from "../action.tsx";
import type { TextKey } from "../translate.ts";
import { PREFIX } from "./command-line.ts";
import { sessionTitle, type SessionFacts } from "./facts.ts";
import { Section } from "./section.tsx";
import { useCommand, usePanelView, useTools } from "./use-panel.ts";

/** The settings of a session that have a command: what is chosen is typed for the user. */
const CONTROLS = [
  { command: "model", fact: "model", label: "session.model" },
  { command: "think", fact: "thinking", label: "session.think" },
  { command: "verbose", fact: "verbose", label: "session.verbose" },
  { command: "reasoning", fact: "reasoning", label: "session.reasoning" },
  { command: "queue", fact: "queue", label: "session.queue" },
] as const satisfies readonly { command: string; fact: keyof SessionFacts; label: TextKey }[];

/** This conversation's session: what it is set to, what it has used, and a new one. */
export function Session() {
  const { store, client, t, locale } = useTools();
  const { state, commands = [], place } = usePanelView();
  const facts = state?.session;
  const offered = CONTROLS.flatMap((control) => {
    const spec = commands.find(({ name }) => name === control.command);
    return spec?.args[0]?.choices.length ? [{ ...control, spec }] : [];
  });
  const isNewOffered = commands.some(({ name }) => name === "new");
  if (offered.length === 0 && !facts && !isNewOffered) return null;
  const startAnew = async () => {
    await client.run(place, "/oc_new");
    await store.refresh();
  };
  return (
    <Section
      title={sessionTitle(facts?.title) || t("session.title")}
      aside={
        isNewOffered && (
          <ActionButton size="xs" t={t} label={t("session.new")} act={startAnew} question={t("session.new.question")} />
        )
      }
    >
      <div className="OpenClawPanel__grid">
        {offered.map(({ command, fact, label, spec }) => (
          <Control key={command} label={t(label)} spec={spec} value={facts?.[fact] ?? ""} known={Boolean(facts)} />
        ))}
      </div>
      {facts ? (
        <Used facts={facts} locale={locale} />
      ) : (
        <p className="OpenClawPanel__hint">{t(state?.session_pending ? "session.pending" : "session.none")}</p>
      )}
    </Section>
  );
}

interface ControlProps {
  label: string;
  spec: CommandSpec;
  /** What the session has set; "" if nothing, so that the gateway's default holds. */
  value: string;
  /** Whether the session is known at all. */
  known: boolean;
}

function Control({ label, spec, value, known }: ControlProps) {
  const { t } = useTools();
  const id = useId();
  const set = useCommand();
  const choices = spec.args[0]?.choices ?? [];
  const isListed = choices.some((choice) => choice.value === value);
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="form-control"
        value={value}
        disabled={set.busy}
        onChange={({ target }) => set.run(`${PREFIX}${spec.name} ${target.value}`)}
      >
        {!isListed && <option value={value}>{value || t(known ? "session.default" : "session.unknown")}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label || choice.value}
          </option>
        ))}
      </select>
      {set.failure && (
        <p role="alert" className="OpenClawPanel__wide">
          {set.failure}
        </p>
      )}
    </>
  );
}

/** Tokens, context and cost, as far as the gateway tells them. */
function Used({ facts: { tokens, context, cost_usd: cost }, locale }: { facts: SessionFacts; locale: string }) {
  const { t } = useTools();
  const number = (value: number) => value.toLocaleString(locale);
  const dollars = (value: number) =>
    value.toLocaleString(locale, { style: "currency", currency: "USD", maximumFractionDigits: 4 });
  return (
    <dl className="OpenClawPanel__grid">
      {context && context.max > 0 && (
        <>
          <dt>{t("session.context")}</dt>
          <dd>
            {t("session.context.value", {
              used: number(context.used),
              max: number(context.max),
              share: Math.round((context.used / context.max) * 100),
            })}
            <meter min={0} max={context.max} value={context.used} aria-label={t("session.context")} />
          </dd>
        </>
      )}
      {tokens && (
        <>
          <dt>{t("session.tokens")}</dt>
          <dd>
            {t("session.tokens.value", {
              input: number(tokens.input),
              output: number(tokens.output),
              total: number(tokens.total),
            })}
          </dd>
        </>
      )}
      {cost !== null && (
        <>
          <dt>{t("session.cost")}</dt>
          <dd>{dollars(cost)}</dd>
        </>
      )}
    </dl>
  );
}
