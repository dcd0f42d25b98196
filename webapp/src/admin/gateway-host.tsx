import React, { useRef, useState } from "react";
import { copyText } from "../clipboard.ts";
import type { Translate } from "../translate.ts";
import { ActionButton } from "../action.tsx";
import type { AdminClient } from "./client.ts";
import { adapterFile, gatewayLines } from "./gateway-lines.ts";
import { styles } from "../styles.ts";

export interface GatewayHostProps {
  client: AdminClient;
  t: Translate;
  version: string;
  /** Where the gateway reaches this server. */
  siteUrl: string;
}

/** What to do on the gateway host. The token is kept nowhere but here, and is gone with the page. */
export function GatewayHost({ client, t, version, siteUrl }: GatewayHostProps) {
  const [token, setToken] = useState("");
  const create = async () => setToken(await client.createToken());
  return (
    <section style={styles.panel} aria-label={t("host.title")}>
      <h2 style={styles.heading}>{t("host.title")}</h2>
      <p style={styles.advice}>{t("host.steps", { file: adapterFile(version) })}</p>
      {token && <Lines lines={gatewayLines({ version, token, siteUrl })} t={t} />}
      <ActionButton
        t={t}
        label={t(token ? "host.createAgain" : "host.create")}
        kind={token ? "tertiary" : "primary"}
        act={create}
      />
    </section>
  );
}

function Lines({ lines, t }: { lines: readonly string[]; t: Translate }) {
  const [said, setSaid] = useState("");
  const block = useRef<HTMLPreElement>(null);

  async function copy(): Promise<void> {
    try {
      await copyText(`${lines.join("\n")}\n`);
      setSaid(t("host.copied"));
    } catch {
      if (block.current) window.getSelection()?.selectAllChildren(block.current);
      setSaid(t("host.copyByHand"));
    }
  }

  return (
    <>
      <p role="status" style={styles.advice}>
        <strong>{t("host.once")}</strong>
      </p>
      <pre ref={block} tabIndex={0} aria-label={t("host.lines")} style={styles.lines}>
        {lines.join("\n")}
      </pre>
      <p style={styles.actions}>
        <button type="button" className="btn btn-primary" onClick={() => void copy()}>
          {t("host.copy")}
        </button>
        <span role="status">{said}</span>
      </p>
    </>
  );
}
