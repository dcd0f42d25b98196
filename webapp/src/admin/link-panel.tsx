import React, { useState } from "react";
import type { Translate } from "../translate.ts";
import { ActionButton } from "../action.tsx";
import type { AdminClient } from "./client.ts";
import { LinkFacts } from "./link-facts.tsx";
import { Notice } from "../notice.tsx";
import type { Link, TestResult } from "./status.ts";
import { styles } from "../styles.ts";
import { TestReport } from "./test-report.tsx";
import { clockWarningSeconds, stateInWords } from "../words.ts";

export interface LinkPanelProps {
  link: Link;
  pluginVersion: string;
  client: AdminClient;
  t: Translate;
  locale: string;
  now: number;
  /** Reads the state anew, after something was done. */
  refresh: () => Promise<void>;
}

/** One link: how it stands, what is known of it, and what can be done about it. */
export function LinkPanel({ link, pluginVersion, client, t, locale, now, refresh }: LinkPanelProps) {
  const [result, setResult] = useState<TestResult>();
  const { user_id: botId, username } = link.bot;
  const state = stateInWords(link);
  const linked = link.link.state === "linked";
  const skew = clockWarningSeconds(link.clock_skew_ms);

  const confirm = (url?: string) => async () => {
    await client.confirm(botId, url);
    await refresh();
  };
  const remove = async () => {
    await client.remove(botId);
    await refresh();
  };
  const test = async () => {
    setResult(undefined);
    setResult(await client.test(botId));
    await refresh();
  };

  return (
    <section style={styles.panel} aria-label={`@${username}, ${link.account}`}>
      <Notice tone={state.tone} label={t(`tone.${state.tone}`)}>
        <h2 style={styles.heading}>{t(state.title)}</h2>
        <p style={styles.advice}>{t(state.advice)}</p>
      </Notice>
      {skew !== 0 && (
        <Notice tone="attention" label={t("severity.warning")}>
          <p style={styles.advice}>{t(skew > 0 ? "clock.ahead" : "clock.behind", { seconds: Math.abs(skew) })}</p>
        </Notice>
      )}
      <LinkFacts
        {...{ link, pluginVersion, t, locale, now }}
        useAddress={
          linked && (
            <ActionButton t={t} label={t("action.useAddress")} kind="primary" act={confirm(link.proposed_url)} />
          )
        }
      />
      <div style={styles.actions}>
        {link.link.state === "pending" && (
          <ActionButton t={t} label={t("action.confirm")} kind="primary" act={confirm()} />
        )}
        {linked && <ActionButton t={t} label={t("action.test")} act={test} />}
        <ActionButton
          t={t}
          label={t("action.remove")}
          act={remove}
          destructive
          question={t("action.remove.question", { bot: `@${username}` })}
        />
      </div>
      {result && <TestReport result={result} t={t} />}
    </section>
  );
}
