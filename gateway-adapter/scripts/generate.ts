/** Writes `openclaw.plugin.json` from the one zod schema. `make check-style` compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { TOOL_NAME } from "../src/actions/tool-name.ts";
import { CHANNEL_ID } from "../src/config/account-config.ts";
import { uiHints } from "../src/config/hints.ts";
import { sectionSchema } from "../src/config/schema.ts";

const bundle = JSON.parse(readFileSync(new URL("../../plugin.json", import.meta.url), "utf8")) as { version: string };
const schema = z.toJSONSchema(sectionSchema, { io: "input", target: "draft-7" });

const manifest = {
  id: CHANNEL_ID,
  categories: ["channels"],
  name: "Mattermost",
  description: "Mattermost channel: signed webhook in, REST API v4 out.",
  version: bundle.version,
  // Says that no saved data of an older version has to be moved: a config that names this plugin before it is
  // installed would otherwise wait for a migration for ever.
  doctorContract: { stateMigrations: [], configRepair: true },
  activation: { onStartup: false },
  channels: [CHANNEL_ID],
  contracts: { tools: [TOOL_NAME] },
  // Where the message tool is, the actions in other channels are, too.
  toolMetadata: { [TOOL_NAME]: { profiles: ["coding", "messaging"] } },
  configSchema: { type: "object", additionalProperties: false, properties: {} },
  channelConfigs: {
    [CHANNEL_ID]: {
      label: "Mattermost",
      description: "self-hosted team chat, linked by a signed webhook.",
      schema,
      uiHints,
    },
  },
};
writeFileSync(new URL("../openclaw.plugin.json", import.meta.url), `${JSON.stringify(manifest, null, 2)}\n`);
