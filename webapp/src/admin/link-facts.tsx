import React, { Fragment, type ReactNode } from "react";
import { relativeTime } from "../relative-time.ts";
import type { Translate } from "../translate.ts";
import type { DeadLetter, Link } from "./status.ts";
import { styles } from "./styles.ts";
import { reasonInWords } from "./words.ts";

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
    [t("fact.waiting"), delivery.pending],
    [t("fact.failed"), <Failed count={delivery.dead} letters={link.dead_letters} t={t} when={when} />],
  );
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
