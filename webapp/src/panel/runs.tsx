import React, { useEffect, useState } from "react";
import { elapsedTime } from "../relative-time.ts";
import type { Run } from "./facts.ts";
import { Section } from "./section.tsx";
import { useAction } from "../action.tsx";
import { usePanelView, useTools } from "./use-panel.ts";

const TICK_MS = 1_000;

/** What the agent is doing in this channel right now; nothing if it rests. */
export function Runs() {
  const { t } = useTools();
  const { state, clockMs } = usePanelView();
  const runs = state?.runs ?? [];
  const now = useClock(runs.length > 0) + clockMs;
  if (runs.length === 0) return null;
  return (
    <Section title={t("panel.runs")}>
      <ul className="OpenClawPanel__list">
        {runs.map((run) => (
          <RunLine key={run.id} run={run} now={now} />
        ))}
      </ul>
    </Section>
  );
}

function RunLine({ run, now }: { run: Run; now: number }) {
  const { store, client, t, userName } = useTools();
  const stop = useAction(async () => {
    await client.stopRun(run.id);
    await store.refresh();
  }, t);
  const doing =
    run.state === "queued" ? t("run.queued") : run.tool ? t("run.tool", { tool: run.tool }) : t("run.working");
  const who = userName(run.user_id);
  return (
    <li className="OpenClawPanel__line OpenClawPanel__run">
      <div>
        <strong>{doing}</strong>
        <div className="OpenClawPanel__hint">
          {who
            ? t("run.for", { user: who, time: elapsedTime(now - run.started_at) })
            : elapsedTime(now - run.started_at)}
        </div>
        {stop.failure && <div role="alert">{stop.failure}</div>}
      </div>
      <button type="button" className="btn btn-sm btn-primary" disabled={stop.busy} onClick={() => stop.run()}>
        {t("run.stop")}
      </button>
    </li>
  );
}

/** The browser's time, each second while it is needed. */
function useClock(needed: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!needed) return undefined;
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, [needed]);
  return now;
}
