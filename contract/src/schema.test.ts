import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { answerSchema, batchSchema, deliverySchema, envelopeSchema, EVENT_TYPES, eventSchema } from "./index.ts";

interface BodyCase {
  name: string;
  body: unknown;
  events: ("ok" | "unknown" | "event.schema")[] | null;
  sender: boolean;
}
interface AnswerCase {
  name: string;
  body: string;
  schema: boolean;
}
const load = <T>(file: string): T[] =>
  (JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), "utf8")) as { cases: T[] }).cases;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

describe("C3 the contract's bodies", () => {
  for (const vector of load<BodyCase>("bodies.json")) {
    it(`C3 body: ${vector.name}`, () => {
      const batch = batchSchema.safeParse(vector.body);
      expect(batch.success).toBe(vector.events !== null);
      if (batch.success) {
        const verdicts = batch.data.events.map((event) => {
          if (!(EVENT_TYPES as readonly string[]).includes(envelopeSchema.parse(event).type)) return "unknown";
          return eventSchema.safeParse(event).success ? "ok" : "event.schema";
        });
        expect(verdicts).toEqual(vector.events);
      }
      if (vector.sender) expect(deliverySchema.safeParse(vector.body).success).toBe(true);
    });
  }
});

describe("C3 the contract's answers", () => {
  for (const vector of load<AnswerCase>("answers.json")) {
    it(`C3 answer: ${vector.name}`, () => {
      expect(answerSchema.safeParse(parsed(vector.body)).success).toBe(vector.schema);
    });
  }
});
