/** `texts.ts`: finds the keys of texts in the web app's sources and compares them with the languages: none missing, none unused. */
import { readFileSync } from "node:fs";
import { compareTexts, keysIn, type Languages } from "./texts-compare.ts";
import { fromRoot, readJson, sourceFiles } from "./repository.ts";

const sources = sourceFiles("webapp/src").filter((path) => /\.tsx?$/.test(path) && !path.includes(".test."));
const found = sources.map((path) => keysIn(readFileSync(fromRoot(path), "utf8")));
const languages = Object.fromEntries(sourceFiles("webapp/i18n").map((path) => [path, readJson(path)])) as Languages;

const problems = compareTexts(languages, "webapp/i18n/en.json", found);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
