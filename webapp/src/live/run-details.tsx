import React from "react";
import type { Translate } from "../translate.ts";
import type { Markdown } from "./markdown.ts";
import type { ToolLine } from "./run-facts.ts";

const SIGNS = { running: "◌", done: "✓", failed: "✕" } as const;

export interface RunDetailsProps {
  thinking: string;
  tools: readonly ToolLine[];
  t: Translate;
  markdown: Markdown;
}

/** What was thought and what the tools did, folded away until somebody wants to see it. */
export function RunDetails({ thinking, tools, t, markdown }: RunDetailsProps) {
  const current = tools.filter((tool) => tool.state === "running").at(-1);
  return (
    <>
      {thinking !== "" && (
        <details className="oc-live-details">
          <summary>{t("live.thinking")}</summary>
          <div>{markdown(thinking)}</div>
        </details>
      )}
      {tools.length > 0 && (
        <details className="oc-live-details">
          <summary>{current ? current.text : t("live.tools", { count: tools.length })}</summary>
          <ul>
            {tools.map((tool, at) => (
              <li key={tool.id ?? at} data-state={tool.state}>
                <span aria-hidden="true">{SIGNS[tool.state]} </span>
                {tool.text}
                <span className="oc-live-hidden"> {t(`live.tool.${tool.state}`)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
