import React, { Fragment, type ReactNode } from "react";
import { relativeTime } from "../relative-time.ts";
import type { TextKey, Translate } from "../translate.ts";
import type { DeadLetter, Journal, Link } from "./status.ts";
import { styles } from "../styles.ts";
import { reasonInWords } from "../words.ts";

export interface LinkFactsProps {
  link: Link;
  pluginVersion: string;
  t: Translate;
  locale: string;
  now: number;
  /** Stands beside the proposed address. */
  useAddress: ReactNode;
}

/** What is known of a link, as a list of names and values. */
export function LinkFacts({ link, pluginVersion, t, locale, now, useAddress }: LinkFactsProps) {
  const { bot, delivery } = link;
  const when = (at: number) => (at > 0 ? relativeTime(at, now, locale) : t("fact.never"));
  const versions = {
    plugin: pluginVersion,
    adapter: link.adapter_version || t("fact.unknown"),
    openclaw: link.openclaw_version || t("fact.unknown"),
  };
  const { last_error: error } = delivery;

  const facts: [string, ReactNode][] = [
    [t("fact.bot"), bot.own ? t("fact.bot.own", { username: `@${bot.username}` }) : `@${bot.username}`],
    [t("fact.account"), link.account],
    [t("fact.versions"), t("fact.versions.value", versions)],
    [t("fact.url"), link.url || t("fact.url.none")],
  ];
  if (link.proposed_url && link.proposed_url !== link.url) {
    facts.push([
      t("fact.proposed"),
      <span style={styles.actions}>
        {link.proposed_url} {useAddress}
      </span>,
    ]);
  }
  facts.push(
    [t("fact.hello"), when(link.last_hello_at)],
    [t("fact.delivery"), when(delivery.last_delivery_at)],
    [t("fact.transport"), t(TRANSPORTS[delivery.transport])],
    [t("fact.latency"), link.latency_ms > 0 ? t("test.ms", { ms: link.latency_ms }) : t("fact.unknown")],
    [t("fact.waiting"), waiting(link, t, when)],
    [t("fact.failed"), <Failed count={delivery.dead} letters={link.dead_letters} t={t} when={when} />],
  );
  if (link.journal) facts.push([t("fact.journal"), journalInWords(link.journal, t, when)]);
  if (delivery.overflowed > 0) facts.push([t("fact.overflowed"), delivery.overflowed]);
  if (error) {
    facts.push([t("fact.error"), t("fact.error.value", { reason: reasonInWords(error, t), when: when(error.at) })]);
  }

  return (
    <dl style={styles.facts}>
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt style={styles.term}>{name}</dt>
          <dd style={styles.value}>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

const TRANSPORTS = {
  webhook: "transport.webhook",
  pull: "transport.pull",
  none: "transport.none",
} satisfies Record<string, TextKey>;

function waiting({ delivery, oldest_at: oldest }: Link, t: Translate, when: (at: number) => string): string {
  if (oldest === 0) return String(delivery.pending);
  return t("fact.waiting.value", { count: delivery.pending, when: when(oldest) });
}

/** Whether the search for what hooks lost is up to date. */
function journalInWords(journal: Journal, t: Translate, when: (at: number) => string): string {
  const state =
    journal.behind_ms > 0 ? t("journal.behind", { seconds: Math.ceil(journal.behind_ms / 1_000) }) : t("journal.live");
  return t("journal.value", { state, when: when(journal.last_sweep_at), found: journal.found });
}

interface FailedProps {
  count: number;
  letters: readonly DeadLetter[];
  t: Translate;
  when: (at: number) => string;
}

function Failed({ count, letters, t, when }: FailedProps) {
  if (letters.length === 0) return <>{count}</>;
  return (
    <details>
      <summary>
        {count} – {t("fact.failed.list")}
      </summary>
      <ul>
        {letters.map(({ id, code, at }) => (
          <li key={id}>
            <code>{id}</code>: {reasonInWords({ code, message: code }, t)} ({when(at)})
          </li>
        ))}
      </ul>
    </details>
  );
}
