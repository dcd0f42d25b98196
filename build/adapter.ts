/**
 * Builds and packs the gateway adapter: `adapter.ts <file.tgz>`. Everything but OpenClaw itself is bundled into
 * `gateway-adapter/dist/`, so that the package installs without a registry.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { noticesText, npmComponents } from "./notices.ts";
import { fromRoot, readJson, readManifest, ROOT } from "./repository.ts";
import { output } from "./run.ts";
import { sizeInWords } from "./size.ts";

const FOLDER = "gateway-adapter";

/** What OpenClaw loads by itself, two that package.json names and others by their names, and what scripts may import. */
const ENTRIES = ["index", "setup-entry", "api", "doctor-contract-api", "secret-contract-api", "gateway-auth-api"];

/** CommonJS packages ask for `require`, which an ES module does not have. */
const REQUIRE_BANNER =
  'import { createRequire as bundledCreateRequire } from "node:module"; const require = bundledCreateRequire(import.meta.url);';

/** What the packed package.json keeps: nothing of the workspace. */
const KEPT_FIELDS = [
  "name",
  "version",
  "description",
  "license",
  "type",
  "exports",
  "files",
  "peerDependencies",
  "peerDependenciesMeta",
  "openclaw",
];

/** Bundles the sources and gives the paths of the files that went in. */
async function bundleSources(): Promise<string[]> {
  rmSync(fromRoot(FOLDER, "dist"), { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES.map((name) => `${FOLDER}/src/${name}.ts`),
    outdir: `${FOLDER}/dist`,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    external: ["openclaw", "openclaw/*"],
    banner: { js: REQUIRE_BANNER },
    define: { ADAPTER_VERSION: JSON.stringify(readManifest().version) },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  return Object.keys(metafile.inputs).map((path) => fromRoot(path));
}

/** Copies what belongs into the package to a folder of its own. */
function stage(folder: string): void {
  const source = readJson(FOLDER, "package.json") as Record<string, unknown>;
  const kept = Object.fromEntries(KEPT_FIELDS.filter((key) => key in source).map((key) => [key, source[key]]));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(kept, null, 2)}\n`);
  cpSync(fromRoot("LICENSE"), join(folder, "LICENSE"));
  for (const name of ["dist", "openclaw.plugin.json", "README.md", "THIRD_PARTY_NOTICES.txt"]) {
    if (existsSync(fromRoot(FOLDER, name))) cpSync(fromRoot(FOLDER, name), join(folder, name), { recursive: true });
  }
}

const [file = ""] = process.argv.slice(2);
if (!file) throw new Error("usage: adapter.ts <file.tgz>");
const inputs = await bundleSources();
writeFileSync(fromRoot(FOLDER, "THIRD_PARTY_NOTICES.txt"), noticesText(npmComponents(inputs)));

const staging = mkdtempSync(join(tmpdir(), "openclaw-mattermost-"));
try {
  stage(staging);
  await output("npm", ["pack", staging, "--pack-destination", staging, "--loglevel=error"]);
  const packed = readdirSync(staging).find((name) => name.endsWith(".tgz"));
  if (!packed) throw new Error("npm pack wrote nothing");
  mkdirSync(dirname(fromRoot(file)), { recursive: true });
  cpSync(join(staging, packed), fromRoot(file));
} finally {
  rmSync(staging, { recursive: true, force: true });
}
console.log(`${file}  ${sizeInWords(statSync(fromRoot(file)).size)}`);
