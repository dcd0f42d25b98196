import { execFileSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { fromRoot, readJson } from "./repository.ts";

const files = execFileSync("git", ["ls-files"], { cwd: fromRoot("."), encoding: "utf8" })
  .trim()
  .split("\n");
const needs = (file: string): string[] => {
  const { dependencies = {}, devDependencies = {} } = readJson(file) as Record<string, Record<string, string>>;
  return Object.keys({ ...dependencies, ...devDependencies });
};

describe("C6 the repository", () => {
  it("C6 has its parts where they are looked for", () => {
    const top = new Set(files.map((file) => file.split("/")[0]));
    for (const part of ["plugin.json", "server", "webapp", "gateway-adapter", "build", "Makefile", "package.json"])
      expect(top).toContain(part);
  });
  it("C6 is Go only where Mattermost loads an executable or is run itself, and TypeScript elsewhere", () => {
    const go = files.filter(
      (file) => file.endsWith(".go") && !/^(server|testbed\/mattermost|bench\/probe)\//.test(file),
    );
    const other = files.filter((file) => /\.(c?js|jsx|py|rb|java|rs)$/.test(file));
    // What runs before the tools are there, and what tools ask for by name.
    const modules = files.filter(
      (file) => file.endsWith(".mjs") && !/^(build\/(browser|setup)|.*\.config)\.mjs$/.test(file),
    );
    expect([go, other, modules]).toEqual([[], [], []]);
  });
  it("C6 is built on the libraries that were agreed", () => {
    expect(needs("webapp/package.json")).toEqual(expect.arrayContaining(["@mattermost/types", "webpack", "ts-loader"]));
    expect(needs("gateway-adapter/package.json")).toEqual(expect.arrayContaining(["express", "jsonwebtoken"]));
    expect(needs("package.json")).toContain("jest");
  });
});
