import { meaningSchema, type Meaning } from "./control.ts";
import { canonicalJson, type ButtonContext } from "./token.ts";

/** What a button carries, as far as it is understood. */
export interface ReadContext {
  /** Undefined for the button of a script. */
  means: Meaning | undefined;
  /** A script's own fields as JSON; empty for none. */
  custom: string;
}

const OWN_FIELDS = new Set(["_token", "action_id", "channel_id", "means", "dialog", "reusable", "selected_option"]);

/** Reads a context whose token was checked. */
export function readContext(context: ButtonContext): ReadContext {
  const means = meaningSchema.safeParse(context.means);
  const custom = Object.fromEntries(Object.entries(context).filter(([name]) => !OWN_FIELDS.has(name)));
  return {
    means: means.success ? means.data : undefined,
    custom: Object.keys(custom).length > 0 ? canonicalJson(custom) : "",
  };
}
