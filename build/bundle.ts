/**
 * Packs the Mattermost plugin: `bundle.ts <file.tar.gz> <platform>…`. The executables and the web bundle must be built.
 * The manifest inside names only the platforms that are packed.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { goComponents, noticesText } from "./notices.ts";
import { fromRoot, type Manifest, readManifest } from "./repository.ts";
import { sizeInWords } from "./size.ts";
import { tarball, type TarEntry } from "./tarball.ts";

/** Promise C1; a proxy before Mattermost seldom lets more through. */
const BUNDLE_MAX_BYTES = 50_000_000;

function manifestFor(manifest: Manifest, platforms: readonly string[]): Manifest {
  const executables = platforms.map((platform) => {
    const path = manifest.server.executables[platform];
    if (!path) throw new Error(`plugin.json has no executable for ${platform}`);
    return [platform, path] as const;
  });
  return { ...manifest, server: { ...manifest.server, executables: Object.fromEntries(executables) } };
}

async function bundle(platforms: readonly string[]): Promise<Buffer> {
  const manifest = manifestFor(readManifest(), platforms);
  const entry = (name: string, content: Buffer | string, executable = false): TarEntry => ({
    name: `${manifest.id}/${name}`,
    content: Buffer.from(content),
    executable,
  });
  const copy = (path: string, executable = false) => entry(path, readFileSync(fromRoot(path)), executable);
  return tarball([
    entry("plugin.json", `${JSON.stringify(manifest, null, 2)}\n`),
    entry("THIRD_PARTY_NOTICES.txt", noticesText(await goComponents("./server"))),
    copy("LICENSE"),
    copy(manifest.webapp.bundle_path),
    ...readdirSync(fromRoot("assets")).map((name) => copy(`assets/${name}`)),
    ...Object.values(manifest.server.executables).map((path) => copy(path, true)),
  ]);
}

const [file = "", ...platforms] = process.argv.slice(2);
if (!file || platforms.length === 0) throw new Error("usage: bundle.ts <file.tar.gz> <platform>…");
const packed = await bundle(platforms);
mkdirSync(dirname(fromRoot(file)), { recursive: true });
writeFileSync(fromRoot(file), packed);
console.log(`${file}  ${sizeInWords(packed.length)}  (${platforms.join(", ")})`);
if (packed.length >= BUNDLE_MAX_BYTES) {
  console.error(`The bundle must stay below ${sizeInWords(BUNDLE_MAX_BYTES)}.`);
  process.exitCode = 1;
}
