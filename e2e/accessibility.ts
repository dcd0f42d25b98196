import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { Page } from "@openclaw-mattermost/testbed";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResult {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Mattermost's own buttons wear the theme's colours, in Onyx with less contrast than axe wants: a theme is the user's choice. */
const isThemes = (rule: string, html: string) => rule === "color-contrast" && /^<button[^>]* class="btn /.test(html);

/** What axe finds wrong in a part of a page (names, roles, focus, contrast), one line each; empty if nothing. */
export async function accessibilityProblems(page: Page, selector: string): Promise<string[]> {
  // Evaluated by the debugger: the page's own policy lets no foreign script in.
  await page.evaluate(AXE);
  const result = await page.evaluate<AxeResult>(
    `axe.run(${JSON.stringify(selector)}, { resultTypes: ["violations"] })`,
  );
  return result.violations.flatMap(({ id, help, nodes }) =>
    nodes
      .filter(({ html }) => !isThemes(id, html))
      .map(({ html, failureSummary = "" }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}
