/** Builds again after each change of the sources, and deploys when a server is named in the environment. */
import { watch } from "node:fs";
import { fromRoot } from "./repository.ts";
import { run } from "./run.ts";

const FOLDERS = ["server", "webapp/src", "webapp/i18n", "gateway-adapter/src", "contract/src", "assets"];
const QUIET_MS = 300;
const BUILT = /(^|\/)dist(\/|$)/;

const target = process.env.MM_SERVICESETTINGS_SITEURL ? "deploy-host" : "dist-host";
let timer: NodeJS.Timeout | undefined;
let building = false;
let again = false;

async function build(): Promise<void> {
  if (building) {
    again = true;
    return;
  }
  building = true;
  do {
    again = false;
    const code = await run("make", ["--no-print-directory", target]);
    console.log(code === 0 ? "Built. Waiting for changes." : "The build failed. Waiting for changes.");
  } while (again as boolean);
  building = false;
}

for (const folder of FOLDERS) {
  watch(fromRoot(folder), { recursive: true }, (_change, file) => {
    if (file && BUILT.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void build(), QUIET_MS);
  });
}
await build();
