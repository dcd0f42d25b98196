import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Page, REPOSITORY } from "@openclaw-mattermost/testbed";

/** Takes a picture for docs/pictures, where that is asked for (`make e2e-web`); a plain test run leaves docs alone. */
export async function takePicture(page: Page, name: string, selector?: string): Promise<void> {
  if (process.env["OC_PICTURES"] !== "1") return;
  const folder = join(REPOSITORY, "docs", "pictures");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await (selector ? page.locator(selector).screenshot({ path }) : page.screenshot({ path }));
}
