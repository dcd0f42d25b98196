import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { findChromium } from "./browser.ts";

const folder = mkdtempSync(join(tmpdir(), "oc-browser-"));
const chromium = join(folder, "chromium");
writeFileSync(chromium, "#!/bin/sh\n");
chmodSync(chromium, 0o755);

afterAll(() => rmSync(folder, { recursive: true }));

describe("findChromium", () => {
  it("finds one on the PATH, and prefers the one that is named", () => {
    expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(chromium);
    expect(findChromium({ PATH: "/nowhere", OC_CHROMIUM: chromium })).toBe(chromium);
  });

  it("says what to install, and when a named one is not there", () => {
    expect(() => findChromium({ PATH: folder, OC_CHROMIUM: "/nowhere/chrome" })).toThrow(
      /OC_CHROMIUM names \/nowhere\/chrome, which does not exist.*apt-get install chromium/,
    );
  });
});
