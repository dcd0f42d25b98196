import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { KEPT, REPOSITORY } from "./paths.ts";

/** React as Mattermost has it, and as it will have it. */
export type ReactVersion = 18 | 19;

/** Who brings which React: each workspace has its own. */
const BROUGHT_BY: Record<ReactVersion, string> = { 18: "webapp", 19: "testbed" };

/**
 * Builds the host page, which gives a web bundle what Mattermost's client gives it, and returns its folder: what
 * `StackOptions.client` takes.
 */
export async function buildClient(react: ReactVersion = 18): Promise<string> {
  const source = join(REPOSITORY, "testbed", "client");
  const folder = join(KEPT, `client-${react}`);
  const { resolve } = createRequire(join(REPOSITORY, BROUGHT_BY[react], "package.json"));
  const packageOf = (name: string): string => dirname(resolve(`${name}/package.json`));
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: { host: join(source, "src", "main.tsx") },
    outdir: folder,
    bundle: true,
    format: "iife",
    target: "es2022",
    jsx: "transform",
    define: { "process.env.NODE_ENV": '"production"' },
    alias: { react: packageOf("react"), "react-dom": packageOf("react-dom") },
    logLevel: "warning",
  });
  const { outputFiles } = await build({
    stdin: { contents: '@import "./host.css";', loader: "css", resolveDir: join(source, "src") },
    bundle: true,
    write: false,
    loader: { ".woff": "dataurl", ".woff2": "dataurl", ".ttf": "dataurl", ".eot": "empty", ".svg": "dataurl" },
    logLevel: "warning",
  });
  writeFileSync(join(folder, "host.css"), outputFiles[0]?.contents ?? "");
  copyFileSync(join(source, "root.html"), join(folder, "root.html"));
  return folder;
}
