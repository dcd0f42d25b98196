import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { output } from "./run.ts";

/** A piece of other people's work that travels in an artefact. */
export interface Component {
  name: string;
  version: string;
  license: string;
  /** Text of its licence file, empty when it has none. */
  text: string;
}

const LICENSE_FILE = /^(licen[cs]e|copying)/i;

function licenseText(folder: string): string {
  const name = readdirSync(folder)
    .sort()
    .find((file) => LICENSE_FILE.test(file));
  return name ? readFileSync(join(folder, name), "utf8").trim() : "";
}

/** The npm package that a file under `node_modules` belongs to. */
function packageFolder(file: string): string {
  let folder = dirname(file);
  for (;;) {
    const manifest = join(folder, "package.json");
    // Packages put nameless package.json files into sub-folders, to set the module type.
    if (existsSync(manifest) && readFileSync(manifest, "utf8").includes('"name"')) return folder;
    if (dirname(folder) === folder) throw new Error(`${file} belongs to no package`);
    folder = dirname(folder);
  }
}

/** The npm packages that a bundler's inputs come from. */
export function npmComponents(inputs: readonly string[]): Component[] {
  const folders = new Set(inputs.filter((path) => path.includes("node_modules/")).map(packageFolder));
  return [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
      license?: string;
    };
    return { name, version, license: license ?? "", text: licenseText(folder) };
  });
}

/** The Go modules, and Go itself, that are linked into the server executable. */
export async function goComponents(goPackage: string): Promise<Component[]> {
  const format = "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}";
  const listed = await output("go", ["list", "-deps", "-f", format, goPackage], { CGO_ENABLED: "0" });
  const modules = [...new Set(listed.split("\n").filter(Boolean))].map((line) => {
    const [name = "", version = "", folder = ""] = line.split("\t");
    return { name, version, license: "", text: licenseText(folder) };
  });
  const [version = "", root = ""] = (await output("go", ["env", "GOVERSION", "GOROOT"])).split("\n");
  return [...modules, { name: "Go standard library", version, license: "BSD-3-Clause", text: licenseText(root) }];
}

const RULE = "-".repeat(80);

/** The text of THIRD_PARTY_NOTICES.txt. A component that grants nothing must not travel: this throws. */
export function noticesText(components: readonly Component[]): string {
  const silent = components.filter(({ license, text }) => !license && !text).map(({ name }) => name);
  if (silent.length > 0) throw new Error(`No licence found for ${silent.join(", ")}`);
  const sections = [...components]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, license, text }) => {
      const heading = [name, version, license && `(${license})`].filter(Boolean).join(" ");
      return `${RULE}\n${heading}\n\n${text || `Licensed under ${license}.`}\n`;
    });
  return ["This product contains the following software of others, each under its own licence.\n", ...sections].join(
    "\n",
  );
}
