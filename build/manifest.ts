/**
 * `manifest.ts check`: does everything agree with plugin.json? `manifest.ts apply`: write its version everywhere.
 * Release: change the version in plugin.json, `make version`, commit.
 */
import { existsSync, writeFileSync } from "node:fs";
import { PLUGIN_ID } from "@openclaw-mattermost/contract";
import { fromRoot, readJson, readManifest, WORKSPACES } from "./repository.ts";

const SEMVER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

interface Package {
  version?: string;
}
interface Lock extends Package {
  packages: Record<string, Package>;
}

const manifest = readManifest();

function applyTo(file: string, versioned: (content: Lock) => (Package | undefined)[]): void {
  const content = readJson(file) as Lock;
  const stale = versioned(content).filter((part) => part && part.version !== manifest.version);
  if (stale.length === 0) return;
  for (const part of stale) if (part) part.version = manifest.version;
  writeFileSync(fromRoot(file), `${JSON.stringify(content, null, 2)}\n`);
  console.log(`${file}: version ${manifest.version}`);
}

function apply(): void {
  for (const folder of ["", ...WORKSPACES])
    applyTo(`${folder}/package.json`.replace(/^\//, ""), (content) => [content]);
  applyTo("package-lock.json", (lock) => [lock, lock.packages[""], ...WORKSPACES.map((name) => lock.packages[name])]);
}

/** What does not agree, in words. */
function complaints(): string[] {
  const found: string[] = [];
  const expect = (agrees: boolean, complaint: string) => {
    if (!agrees) found.push(complaint);
  };
  expect(manifest.id === PLUGIN_ID, `plugin.json has id ${manifest.id}, the contract ${PLUGIN_ID}`);
  expect(SEMVER.test(manifest.version), `plugin.json: ${manifest.version} is not a semantic version`);
  expect(existsSync(fromRoot(manifest.icon_path)), `plugin.json: ${manifest.icon_path} does not exist`);
  for (const [platform, path] of Object.entries(manifest.server.executables)) {
    const built = `server/dist/plugin-${platform}${platform.startsWith("windows") ? ".exe" : ""}`;
    expect(path === built, `plugin.json: the executable for ${platform} is ${path}, but ${built} is built`);
  }
  for (const folder of ["", ...WORKSPACES]) {
    const { version = "none" } = readJson(folder, "package.json") as Package;
    const agrees = version === manifest.version;
    expect(
      agrees,
      `${folder || "root"}/package.json has version ${version}, plugin.json ${manifest.version}: make version`,
    );
  }
  return found;
}

if (process.argv[2] === "apply") apply();
const found = complaints();
for (const complaint of found) console.error(complaint);
process.exitCode = found.length === 0 ? 0 : 1;
