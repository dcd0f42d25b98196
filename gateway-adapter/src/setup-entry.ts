import { defineSetupPluginEntry } from "openclaw/plugin-sdk/channel-core";
import { createMattermostChannel } from "./channel.ts";
import { createRegistry } from "./registry.ts";
import { adapterVersion } from "./version.ts";

/** Loaded instead of the full entry while the channel is not set up. */
export default defineSetupPluginEntry(
  createMattermostChannel({ registry: createRegistry(), adapterVersion, env: process.env }),
);
