/** Written in by the build from `plugin.json`; "dev" when the sources run unbuilt. */
declare const ADAPTER_VERSION: string | undefined;

export const adapterVersion = typeof ADAPTER_VERSION === "string" ? ADAPTER_VERSION : "dev";
