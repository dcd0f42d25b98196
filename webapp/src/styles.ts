import type { CSSProperties } from "react";
import type { Tone } from "./words.ts";

/** Mattermost's own variables, so that every theme fits; the values after the comma are for pages that lack them. */
const LINE = "1px solid rgba(var(--center-channel-color-rgb, 63, 67, 80), 0.16)";

export const TONES: Record<Tone, { icon: string; colour: string }> = {
  good: { icon: "✓", colour: "var(--online-indicator, #06a77d)" },
  attention: { icon: "!", colour: "var(--away-indicator, #c79200)" },
  bad: { icon: "✕", colour: "var(--error-text, #d24b4e)" },
};

export const styles = {
  panel: { border: LINE, borderRadius: 4, padding: 20, marginBottom: 16 },
  heading: { fontSize: 14, fontWeight: 600, margin: "0 0 8px" },
  notice: { display: "flex", gap: 8, alignItems: "flex-start" },
  badge: {
    flex: "none",
    width: 20,
    height: 20,
    borderRadius: 10,
    color: "#fff",
    fontWeight: 700,
    lineHeight: "20px",
    textAlign: "center",
  },
  failure: { color: TONES.bad.colour },
  advice: { margin: "0 0 12px" },
  facts: {
    display: "grid",
    gridTemplateColumns: "minmax(120px, max-content) 1fr",
    gap: "4px 16px",
    alignItems: "baseline",
    margin: "0 0 12px",
  },
  term: { fontWeight: 400, opacity: 0.75 },
  value: { margin: 0, overflowWrap: "anywhere" },
  actions: { display: "flex", flexWrap: "wrap", gap: 8, alignItems: "center" },
  list: { listStyle: "none", margin: 0, padding: 0 },
  switches: { border: 0, margin: "0 0 12px", padding: 0 },
  legend: { border: 0, fontSize: 14, fontWeight: 600, margin: "0 0 4px", padding: 0 },
  switch: { display: "flex", gap: 8, alignItems: "baseline", fontWeight: 400, margin: "0 0 4px" },
  lines: {
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    padding: 12,
    border: LINE,
    borderRadius: 4,
    background: "rgba(var(--center-channel-color-rgb, 63, 67, 80), 0.04)",
    color: "inherit",
  },
} satisfies Record<string, CSSProperties>;
