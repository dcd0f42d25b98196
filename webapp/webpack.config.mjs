import { join } from "node:path";

const folder = import.meta.dirname;

/**
 * One script for every browser. React and its kin come from Mattermost's own page.
 * @type {import("webpack").Configuration}
 */
export default {
  context: folder,
  mode: "production",
  target: ["web", "es2022"],
  entry: "./src/index.ts",
  output: { path: join(folder, "dist"), filename: "main.js", clean: true },
  externals: {
    react: "React",
    "react-dom": "ReactDOM",
    redux: "Redux",
    "react-redux": "ReactRedux",
  },
  resolve: { extensions: [".ts", ".tsx", ".js"] },
  module: {
    rules: [
      { test: /\.css$/, type: "asset/source" },
      { test: /\.svg$/, type: "asset/inline" },
      {
        test: /\.tsx?$/,
        loader: "ts-loader",
        // Types are checked by `make check-style`.
        options: { transpileOnly: true, compilerOptions: { noEmit: false, allowImportingTsExtensions: false } },
      },
    ],
  },
  performance: { hints: false },
};
