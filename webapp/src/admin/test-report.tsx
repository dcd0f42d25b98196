import React from "react";
import type { Translate } from "../translate.ts";
import { Notice } from "../notice.tsx";
import type { TestResult } from "./status.ts";
import { hopInWords } from "../words.ts";

export interface TestReportProps {
  result: TestResult;
  t: Translate;
}

/** The steps of a self-test and which of them failed. */
export function TestReport({ result, t }: TestReportProps) {
  const broken = result.hops.find(({ ok }) => !ok);
  return (
    <div role="status">
      <p>
        {broken ? t("test.failed", { hop: hopInWords(broken.name, t) }) : t(result.ok ? "test.passed" : "tone.bad")}
      </p>
      <ol aria-label={t("test.steps")}>
        {result.hops.map(({ name, ok, ms, message }) => (
          <li key={name}>
            <Notice tone={ok ? "good" : "bad"} label={t(ok ? "hop.ok" : "hop.broken")}>
              {hopInWords(name, t)} ({t("test.ms", { ms })}){message && `: ${message}`}
            </Notice>
          </li>
        ))}
      </ol>
    </div>
  );
}
