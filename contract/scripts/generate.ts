/** Writes `schema/*.schema.json` from the zod schema. Run it after each change; `make check-style` compares. */
import { mkdirSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { answerSchema, pullAckSchema, refusalSchema } from "../src/answer.ts";
import { countingSchema, verdictSchema } from "../src/choice.ts";
import { commandAnswerSchema } from "../src/command.ts";
import { batchSchema, deliverySchema, eventSchema } from "../src/event.ts";
import { challengeSchema, helloSchema, jwksSchema, welcomeSchema } from "../src/hello.ts";
import { ephemeralSchema, liveDraftSchema, liveSchema } from "../src/live.ts";
import { panelAnswerSchema, runsSchema } from "../src/panel.ts";
import { tokenClaimsSchema, tokenHeaderSchema } from "../src/token.ts";

const schemas = {
  answer: answerSchema,
  batch: batchSchema,
  challenge: challengeSchema,
  "command-answer": commandAnswerSchema,
  counting: countingSchema,
  delivery: deliverySchema,
  ephemeral: ephemeralSchema,
  event: eventSchema,
  hello: helloSchema,
  jwks: jwksSchema,
  live: liveSchema,
  "live-draft": liveDraftSchema,
  panel: panelAnswerSchema,
  "pull-ack": pullAckSchema,
  refusal: refusalSchema,
  runs: runsSchema,
  "token-claims": tokenClaimsSchema,
  "token-header": tokenHeaderSchema,
  verdict: verdictSchema,
  welcome: welcomeSchema,
};

const folder = new URL("../schema/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(schemas)) {
  // "input": what may be sent; fields with a default are optional.
  const json = z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" });
  writeFileSync(new URL(`${name}.schema.json`, folder), `${JSON.stringify(json, null, 2)}\n`);
}
