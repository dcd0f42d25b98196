import eslint from "@eslint/js";
import { importX } from "eslint-plugin-import-x";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const TESTS = ["**/*.test.ts", "**/*.test.tsx", "e2e/**/*.ts"];

/** The adapter's layers from top to bottom (DESIGN: imports go one way). A layer sees those below it, and nothing beside it. */
const ADAPTER_LAYERS = [
  ["index.ts", "setup-entry.ts", "api.ts"],
  ["channel.ts", "channel"],
  ["outbox.ts", "probe.ts", "status.ts", "setup.ts"],
  ["registry.ts"],
  ["account.ts", "account"],
  ["receive", "inbox", "turn", "reply", "commands", "actions", "directory"],
  ["interactions"],
  ["mattermost", "contract", "config", "host"],
  ["errors.ts", "errors", "version.ts", "stations.ts", "patience.ts"],
];

const adapterZones = ADAPTER_LAYERS.flatMap((layer, depth) =>
  layer.map((name) => {
    const above = ADAPTER_LAYERS.slice(0, depth).flat();
    // `account.ts` and `account/` are one thing.
    const beside = layer.filter((other) => other.replace(".ts", "") !== name.replace(".ts", ""));
    return {
      target: `./gateway-adapter/src/${name}`,
      from: [...above, ...beside].map((other) => `./gateway-adapter/src/${other}`),
      message: "Imports go one way: channel → account → receive, turn, … → mattermost, config, host, … → errors.",
    };
  }),
);

const zone = (target, from, message) => ({ target: `./${target}`, from: from.map((name) => `./${name}`), message });

const folderZones = [
  zone(
    "contract",
    ["server", "gateway-adapter", "webapp", "testbed", "e2e", "bench", "faults", "attacks", "build"],
    "contract/ belongs to neither side.",
  ),
  zone(
    "gateway-adapter",
    ["server", "webapp", "testbed", "e2e", "bench", "faults", "attacks", "build"],
    "The adapter sees the contract only.",
  ),
  zone(
    "webapp",
    ["server", "gateway-adapter", "testbed", "e2e", "bench", "faults", "attacks", "build"],
    "The web plugin sees contract types only.",
  ),
  zone(
    "testbed",
    ["server", "gateway-adapter", "webapp", "e2e", "bench", "faults", "attacks"],
    "The test bed sees built artefacts only.",
  ),
  zone(
    "e2e",
    ["server", "gateway-adapter", "webapp", "bench", "faults", "attacks", "build"],
    "e2e sees the test bed and built artefacts only.",
  ),
  zone(
    "bench",
    ["server", "gateway-adapter", "webapp", "e2e", "faults", "attacks", "build"],
    "bench sees the test bed and built artefacts only.",
  ),
  zone(
    "faults",
    ["server", "gateway-adapter", "webapp", "e2e", "bench", "attacks", "build"],
    "faults sees the test bed and built artefacts only.",
  ),
  zone(
    "attacks",
    ["server", "gateway-adapter", "webapp", "e2e", "bench", "faults", "build"],
    "attacks sees the test bed and built artefacts only.",
  ),
];

const ARTEFACTS_ONLY = {
  group: ["@openclaw-mattermost/gateway-adapter*", "@openclaw-mattermost/webapp*", "openclaw", "openclaw/*"],
  message: "Only built artefacts, the test bed and the contract.",
};
const SDK_TYPES_ONLY = {
  group: ["openclaw", "openclaw/*"],
  allowTypeImports: true,
  message: "Only host/, config/ and the composition call OpenClaw; take what you need as an argument.",
};
const CONTRACT_TYPES_ONLY = {
  group: ["@openclaw-mattermost/*"],
  allowTypeImports: true,
  message: "The web bundle stays small: types only.",
};

const restrictImports = (...patterns) => ({ "@typescript-eslint/no-restricted-imports": ["error", { patterns }] });

export default defineConfig(
  { ignores: ["**/dist/", "**/node_modules/", ".testbed/", "**/coverage/"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // A shape may be a type (zod's) or an interface: what reads better.
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Mattermost says "none" by an empty string.
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true } }],
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      "@typescript-eslint/no-dynamic-delete": "off",
      // An async function without await still promises to throw only through its promise.
      "@typescript-eslint/require-await": "off",
      "import-x/no-restricted-paths": [
        "error",
        { basePath: import.meta.dirname, zones: [...folderZones, ...adapterZones] },
      ],
      "import-x/no-cycle": ["error", { maxDepth: 8 }],
      "import-x/first": "error",
      "import-x/no-duplicates": "error",
      eqeqeq: "error",
    },
    settings: {
      "import-x/extensions": [".ts", ".tsx"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts", ".tsx"] },
    },
  },
  {
    files: ["gateway-adapter/src/**/*.ts"],
    ignores: [
      "gateway-adapter/src/{index,setup-entry,channel,account}.ts",
      "gateway-adapter/src/{channel,account,config,host}/**",
      ...TESTS,
    ],
    rules: {
      ...restrictImports(SDK_TYPES_ONLY),
      "no-restricted-syntax": [
        "error",
        { selector: "ImportExpression[source.value=/^openclaw/]", message: SDK_TYPES_ONLY.message },
      ],
    },
  },
  {
    files: ["gateway-adapter/src/**/*.ts", "webapp/src/**/*.{ts,tsx}", "contract/src/**/*.ts"],
    rules: { "no-console": "error" },
  },
  { files: ["webapp/src/**/*.{ts,tsx}"], rules: restrictImports(CONTRACT_TYPES_ONLY) },
  {
    files: ["e2e/**/*.ts", "bench/**/*.ts", "faults/**/*.ts", "attacks/**/*.ts"],
    rules: restrictImports(ARTEFACTS_ONLY),
  },
  {
    files: TESTS,
    rules: {
      // A test stands beside its file and may use anything to put it through its paces.
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones: folderZones }],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-empty-function": "off",
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.object.name=/^(it|test|describe)$/][callee.property.name=/^(only|skip|todo)$/]",
          message: "A test that does not run proves nothing.",
        },
        {
          selector: "CallExpression[callee.object.name='jest'][callee.property.name=/^(mock|unstable_mockModule)$/]",
          message: "Pass a fake as an argument instead.",
        },
      ],
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
);
