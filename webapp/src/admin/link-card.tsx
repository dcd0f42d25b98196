import React, { useState } from "react";
import type { Translate } from "../translate.ts";
import { ActionButton } from "../action.tsx";
import type { AdminClient } from "./client.ts";
import { GatewayHost } from "./gateway-host.tsx";
import { LinkPanel } from "./link-panel.tsx";
import { Notice } from "../notice.tsx";
import type { Problem } from "./status.ts";
import { styles } from "../styles.ts";
import { useStatus } from "./use-status.ts";
import { failureInWords, isSilent } from "../words.ts";

export interface LinkCardProps {
  client: AdminClient;
  t: Translate;
  locale: string;
  /** Where the browser reached Mattermost, for servers without a Site URL. */
  browserUrl: string;
}

/** The setting “Link” in the System Console: every link, and how to make one. */
export function LinkCard({ client, t, locale, browserUrl }: LinkCardProps) {
  const { status, failure, readAt, refresh } = useStatus(client);
  const reason = failure === undefined ? "" : failureInWords(failure, t);

  if (!status) {
    if (!reason) return <p role="status">{t("card.loading")}</p>;
    return (
      <div style={styles.panel}>
        <p role="alert">{t("card.failed", { reason })}</p>
        <ActionButton t={t} label={t("card.clickAgain")} act={refresh} />
      </div>
    );
  }
  return (
    <div>
      {reason && <p role="alert">{t("card.stale", { reason })}</p>}
      <Problems problems={status.problems} t={t} />
      {status.links.map((link) =>
        isSilent(link) ? (
          <NoHelloYet key={link.bot.user_id} t={t} />
        ) : (
          <LinkPanel
            key={link.bot.user_id}
            pluginVersion={status.plugin_version}
            now={readAt}
            {...{ link, client, t, locale, refresh }}
          />
        ),
      )}
      <GatewayHost client={client} t={t} version={status.plugin_version} siteUrl={status.site_url || browserUrl} />
      <Keys client={client} t={t} />
    </div>
  );
}

function NoHelloYet({ t }: { t: Translate }) {
  return (
    <section style={styles.panel}>
      <Notice tone="attention" label={t("tone.attention")}>
        <h2 style={styles.heading}>{t("state.silent")}</h2>
        <p style={styles.advice}>{t("state.silent.advice")}</p>
      </Notice>
    </section>
  );
}

/** Problems that the panel of their link shows. */
const SAID_BY_LINK = new Set(["clock.skew"]);

function Problems({ problems, t }: { problems: readonly Problem[]; t: Translate }) {
  return (
    <>
      {problems
        .filter(({ code }) => !SAID_BY_LINK.has(code))
        .map(({ code, severity, message }) => (
          <Notice
            key={`${code} ${message}`}
            tone={severity === "error" ? "bad" : "attention"}
            label={t(`severity.${severity}`)}
          >
            <p style={styles.advice}>{message}</p>
          </Notice>
        ))}
    </>
  );
}

function Keys({ client, t }: { client: AdminClient; t: Translate }) {
  const [done, setDone] = useState<"" | "rotate" | "revoke">("");
  const act = (what: "rotate" | "revoke", call: () => Promise<void>) => async () => {
    setDone("");
    await call();
    setDone(what);
  };
  const button = (what: "rotate" | "revoke", call: () => Promise<void>) => (
    <ActionButton t={t} label={t(`action.${what}`)} act={act(what, call)} question={t(`action.${what}.question`)} />
  );
  return (
    <section style={styles.panel} aria-label={t("card.keys")}>
      <h2 style={styles.heading}>{t("card.keys")}</h2>
      <p style={styles.advice}>{t("card.keys.hint")}</p>
      {button("rotate", client.rotateKeys)} {button("revoke", client.revokeKeys)}
      <span role="status">{done && ` ${t(`action.${done}.done`)}`}</span>
    </section>
  );
}
