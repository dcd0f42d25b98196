/**
 * Installs what package-lock.json says, unless it is installed already. Runs on the machine's own Node (20 or newer), because
 * the pinned one is among the things to install.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

process.chdir(`${import.meta.dirname}/..`);
const STAMP = "node_modules/.setup";
const INSTALLED = "node_modules/.package-lock.json";

/** @param {string} file */
const packages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

/** npm leaves a list of what it installed; packages for other platforms are missing from it rightly. */
function isInstalled() {
  if (!existsSync(INSTALLED)) return false;
  const installed = packages(INSTALLED);
  return Object.entries(packages("package-lock.json")).every(([path, wanted]) => {
    if (!path.includes("node_modules/")) return true;
    const found = installed[path];
    return found ? wanted.link || found.version === wanted.version : wanted.optional === true;
  });
}

if (!isInstalled()) {
  const count = Object.keys(packages("package-lock.json")).length;
  console.log(
    `Installing about ${String(count)} packages from npm, OpenClaw (650 MB) among them. This takes a minute or two.`,
  );
  const started = Date.now();
  const { status } = spawnSync("npm", ["ci", "--loglevel=error"], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error("npm ci failed. If the registry could not be reached, run `make setup` again.");
    process.exit(1);
  }
  console.log(`Installed in ${String(Math.round((Date.now() - started) / 1000))} s.`);
}
writeFileSync(STAMP, "");
