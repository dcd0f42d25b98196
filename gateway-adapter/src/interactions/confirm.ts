import { z } from "zod";

const textParts = ["text", "pretext", "title", "author_name", "image_url", "thumb_url", "footer"] as const;
const attachmentSchema = z.looseObject({ fields: z.array(z.unknown()).nullish() });
const attachmentsSchema = z.array(attachmentSchema).catch([]);

/** A line in place of buttons, as this file or the plugin has put it there. */
const LINE = /^[✓✗⌛] \*\*/;

/** A post's props with all buttons, or the line in their place, replaced by a line. What else its attachments show stays. */
export function withoutButtons(props: Readonly<Record<string, unknown>>, line: string): Record<string, unknown> {
  const kept = attachmentsSchema.parse(props.attachments).flatMap((attachment) => {
    const rest = Object.fromEntries(Object.entries(attachment).filter(([name]) => name !== "actions"));
    if (typeof rest.text === "string" && LINE.test(rest.text) && rest.text === rest.fallback) return [];
    const says = textParts.some((part) => typeof rest[part] === "string" && rest[part] !== "");
    return says || attachment.fields?.length ? [rest] : [];
  });
  return { ...props, attachments: [...kept, { text: line, fallback: line }] };
}

/** A label as it can stand within a sentence in Markdown. */
export const plainLabel = (label: string): string =>
  label.replace(/[*`\n]/g, (char) => (char === "\n" ? " " : "")).trim();

export const confirmation = (label: string, username: string): string =>
  `✓ **${plainLabel(label)}** selected by @${username}`;

const actionSchema = z.object({
  id: z.string(),
  name: z.string().default(""),
  type: z.string().default(""),
  options: z.array(z.object({ text: z.string(), value: z.string() })).nullish(),
});
const actionsSchema = z.array(z.object({ actions: z.array(actionSchema).nullish() })).catch([]);
export type PostAction = z.infer<typeof actionSchema>;

/** All actions of a post. */
export function actionsOf(props: Readonly<Record<string, unknown>>): PostAction[] {
  return actionsSchema.parse(props.attachments).flatMap(({ actions }) => actions ?? []);
}

/** An action of a post, by its id. */
export function findAction(props: Readonly<Record<string, unknown>>, id: string): PostAction | undefined {
  return actionsOf(props).find((action) => action.id === id);
}
