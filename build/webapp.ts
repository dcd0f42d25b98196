/** Builds the web bundle with webpack and prints what it weighs on the wire. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import webpack from "webpack";
import config from "../webapp/webpack.config.mjs";
import { fromRoot, readManifest } from "./repository.ts";
import { sizeInWords } from "./size.ts";

/** Every browser loads the bundle before the channels show. */
const GZIP_MAX_BYTES = 60_000;

const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
  webpack(config, (error, result) => {
    if (error) reject(error);
    else resolve(result);
  });
});
if (!stats || stats.hasErrors()) {
  console.error(stats?.toString({ preset: "errors-warnings", colors: process.stderr.isTTY }));
  process.exit(1);
}

const { bundle_path: path } = readManifest().webapp;
const bytes = gzipSync(readFileSync(fromRoot(path)), { level: 9 }).length;
console.log(`${path}  ${sizeInWords(bytes)} gzipped`);
if (bytes > GZIP_MAX_BYTES) {
  console.error(`The web bundle must stay below ${sizeInWords(GZIP_MAX_BYTES)} gzipped.`);
  process.exitCode = 1;
}
