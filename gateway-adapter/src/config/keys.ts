import { z } from "zod";
import { accountSchema, sectionSchema } from "./schema.ts";

/** A key of the config as its schema has it. */
export interface Key {
  /** `dmChannelRetry.maxRetries`; `*` stands for a name of one's own. */
  path: string;
  /** What may stand there, in words. */
  values: string;
  /** It may stand under `accounts.<id>`, too. */
  perAccount: boolean;
}

type Json = z.core.JSONSchema.JSONSchema;

/** Every key that holds a value, in the order of the schema. */
export function listKeys(): Key[] {
  const own = new Set(leaves(accountSchema).map(({ path }) => path));
  return leaves(sectionSchema)
    .filter(({ path }) => !path.startsWith("accounts."))
    .map((leaf) => ({ ...leaf, perAccount: own.has(leaf.path) }));
}

function leaves(schema: z.ZodType): Omit<Key, "perAccount">[] {
  return walk(z.toJSONSchema(schema, { io: "input", target: "draft-7" }), "");
}

function walk(json: Json, path: string): Omit<Key, "perAccount">[] {
  const below = (name: string): string => (path ? `${path}.${name}` : name);
  const { properties, additionalProperties } = json;
  if (properties) return Object.entries(properties).flatMap(([name, value]) => walk(value as Json, below(name)));
  if (json.type === "object" && typeof additionalProperties === "object") return walk(additionalProperties, below("*"));
  return [{ path, values: inWords(json) }];
}

function inWords(json: Json): string {
  if (json.const !== undefined) return JSON.stringify(json.const);
  if (json.enum) return json.enum.map((value) => JSON.stringify(value)).join(", ");
  const some = json.anyOf ?? json.oneOf;
  if (some) {
    const words = some.map((each) => inWords(each));
    return [...new Set(words)].join(" or ");
  }
  switch (json.type) {
    case "array":
      return `list of: ${inWords((json.items ?? {}) as Json)}`;
    case "integer":
    case "number":
      return range(json);
    case "boolean":
      return "true or false";
    case "object":
      return "reference to a secret";
    default:
      return "text";
  }
}

function range({ type, minimum, exclusiveMinimum, maximum }: Json): string {
  const least = minimum ?? (exclusiveMinimum === undefined ? "" : `more than ${String(exclusiveMinimum)}`);
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? "" : ` to ${String(maximum)}`;
  const from = minimum === undefined || most ? String(least) : `${String(least)} or more`;
  return `${type === "integer" ? "whole number" : "number"}, ${from}${most}`;
}
