import { z } from "zod";

const approvalSchema = z.object({
  approval_id: z.string().min(1),
  approval_kind: z.enum(["exec", "plugin", "system-agent"]),
  decision: z.enum(["allow-once", "allow-always", "deny"]),
});
export type Approval = z.infer<typeof approvalSchema>;

const agentMeanings = [
  /** The agent is told the value. */
  z.object({ kind: z.literal("value"), value: z.string() }),
  /**
   * The agent is told the chosen value; those in `commands` are run instead. Absent for none: what a plugin reads of a post has no
   * empty lists.
   */
  z.object({ kind: z.literal("select"), commands: z.array(z.string()).optional() }),
  /** The agent is told what was written into a dialog. */
  z.object({ kind: z.literal("text") }),
  z.object({ kind: z.literal("command"), command: z.string() }),
  z.object({ kind: z.literal("question"), question_id: z.string(), option: z.string() }),
  z.object({ kind: z.literal("question_text"), question_id: z.string() }),
] as const;

/** What choosing something means; it travels signed in the button and comes back with the click. */
export const meaningSchema = z.discriminatedUnion("kind", [
  ...agentMeanings,
  approvalSchema.extend({ kind: z.literal("approval") }),
]);
export type Meaning = z.infer<typeof meaningSchema>;

/** What a dialog asks. */
export const dialogWordsSchema = z.object({
  title: z.string().optional(),
  introduction: z.string().optional(),
  label: z.string().optional(),
  placeholder: z.string().optional(),
  submit: z.string().optional(),
});

const buttonSchema = z.object({
  type: z.literal("button"),
  label: z.string().min(1),
  style: z.enum(["default", "primary", "success", "danger"]).default("default"),
  means: meaningSchema,
  /** Stays after it was chosen. */
  reusable: z.boolean().optional(),
  dialog: dialogWordsSchema.optional(),
});
const selectSchema = z.object({
  type: z.literal("select"),
  /** Shown until something is chosen. */
  label: z.string().min(1),
  options: z.array(z.object({ label: z.string(), value: z.string() })).min(1),
  means: meaningSchema,
});
export type Button = z.infer<typeof buttonSchema>;
export type Select = z.infer<typeof selectSchema>;
export type Control = Button | Select;

/** Controls as they stand below a post, in rows. */
export type Controls = readonly (readonly Control[])[];

/**
 * Controls that an agent may have written: none of them decides an approval, or it could put a harmless word on the button that
 * allows its own command.
 */
export const agentControlsSchema = z.array(
  z.array(
    z
      .discriminatedUnion("type", [buttonSchema, selectSchema])
      .refine(({ means }) => means.kind !== "approval", "Approvals are not the agent's to ask for."),
  ),
);
