import { existsSync } from "node:fs";

/** Types are the compiler's business (`make check-style`); here they are only stripped. */
const compilerOptions = {
  target: "ES2024",
  module: "ESNext",
  moduleResolution: "bundler",
  jsx: "react",
  isolatedModules: true,
  verbatimModuleSyntax: true,
  esModuleInterop: true,
  resolveJsonModule: true,
};

const common = {
  rootDir: import.meta.dirname,
  testEnvironment: "node",
  injectGlobals: false,
  extensionsToTreatAsEsm: [".ts", ".tsx"],
  transform: { "\\.tsx?$": ["ts-jest", { useESM: true, diagnostics: false, tsconfig: compilerOptions }] },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/[^/]+/dist/", "<rootDir>/\\.testbed/"],
};

const folders = (...names) => names.filter((name) => existsSync(name)).map((name) => `<rootDir>/${name}`);

/** `unit`: tests beside the files. `e2e`: the promises, on built artefacts and real parts. */
export default {
  projects: [
    {
      ...common,
      displayName: "unit",
      roots: folders("contract", "gateway-adapter", "testbed", "build", "webapp", "bench", "faults", "attacks"),
      testMatch: ["**/*.test.ts", "**/*.test.tsx"],
    },
    {
      ...common,
      displayName: "e2e",
      roots: folders("e2e"),
      testMatch: ["**/*.test.ts"],
      setupFilesAfterEnv: ["<rootDir>/e2e/setup.ts"],
    },
  ],
};
