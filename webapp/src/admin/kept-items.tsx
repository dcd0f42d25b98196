import React from "react";
import { ActionButton } from "../action.tsx";
import { relativeTime } from "../relative-time.ts";
import { styles } from "../styles.ts";
import type { TextKey, Translate } from "../translate.ts";
import { failureInWords, reasonInWords } from "../words.ts";
import type { AdminClient } from "./client.ts";
import type { KeptItem } from "./status.ts";
import { useAnswer } from "./use-answer.ts";

const KINDS: Record<string, TextKey> = {
  "command.invoked": "kept.command",
  "action.clicked": "kept.click",
  "dialog.submitted": "kept.dialog",
};

export interface KeptItemsProps {
  client: AdminClient;
  t: Translate;
  locale: string;
}

/** The setting “Kept”: what waits for a gateway, and what was given up, to be tried again or removed. */
export function KeptItems({ client, t, locale }: KeptItemsProps) {
  const { answer: items, failure, ask } = useAnswer(client.kept);
  if (failure !== undefined && !items) {
    return (
      <>
        <p role="alert">{t("card.failed", { reason: failureInWords(failure, t) })}</p>
        <ActionButton t={t} label={t("card.clickAgain")} act={ask} />
      </>
    );
  }
  if (!items) return <p role="status">{t("card.loading")}</p>;
  const dead = items.filter(({ state }) => state === "dead");
  const under = items.length - dead.length;
  const after = (act: (id: string) => Promise<void>, id: string) => async () => {
    await act(id);
    await ask();
  };
  return (
    <div>
      <p role="status" style={styles.advice}>
        {t("kept.count", { waiting: under, dead: dead.length })}
      </p>
      <ul style={styles.list}>
        {dead.map((item) => (
          <li key={item.id} style={styles.panel}>
            <p style={styles.advice}>
              <strong>{nameOf(item, t)}</strong>{" "}
              {t("kept.at", { when: relativeTime(item.created_at, Date.now(), locale) })}
              <br />
              {reasonInWords({ code: item.code, message: "" }, t)}
            </p>
            <div style={styles.actions}>
              <ActionButton size="sm" t={t} label={t("kept.replay")} act={after(client.replay, item.id)} />
              <ActionButton
                size="sm"
                t={t}
                label={t("kept.discard")}
                act={after(client.discard, item.id)}
                destructive
                question={t("kept.discard.question")}
              />
            </div>
          </li>
        ))}
      </ul>
      <ActionButton size="sm" t={t} label={t("kept.refresh")} act={ask} />
    </div>
  );
}

function nameOf({ type, trigger }: KeptItem, t: Translate): string {
  const kind = KINDS[type];
  if (trigger) return `/${trigger}`;
  return kind ? t(kind) : type;
}
