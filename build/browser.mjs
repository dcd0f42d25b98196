/**
 * Makes sure that there is a Chromium for the tests in a browser. As root on Debian and its kin a missing one is installed;
 * elsewhere the person at the keyboard is told what to install.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
const { OC_CHROMIUM, PATH = "" } = process.env;

const isFound = () =>
  [OC_CHROMIUM ?? "", MAC, ...PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))].some(
    (path) => path && existsSync(path),
  );

/** @param {string[]} args */
function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", "inherit"], env }).status === 0;
}

if (!isFound()) {
  const root = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (root) {
    console.log("Installing Chromium for the tests in a browser.");
    if (apt("update")) apt("install", "--yes", "--no-install-recommends", "chromium");
  }
  if (!isFound()) {
    console.error(
      "No Chromium was found, so the tests in a browser will fail. Install Chromium or Chrome " +
        "(Debian: apt-get install chromium), or set OC_CHROMIUM to one.",
    );
  }
}
