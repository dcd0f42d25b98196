import {
  renderMessagePresentationFallbackText,
  resolveMessagePresentationButtonAction,
  resolveMessagePresentationOptionAction,
  type MessagePresentation,
  type MessagePresentationButton,
} from "../host/presentation.ts";
import type { Button, Control, Controls, Meaning, Select } from "./control.ts";

type Block = MessagePresentation["blocks"][number];
type SelectBlock = Extract<Block, { type: "select" }>;

/** What Mattermost can show of a presentation, so that OpenClaw turns the rest into text. */
export const PRESENTATION_CAPABILITIES = {
  supported: true,
  buttons: true,
  selects: true,
  context: true,
  divider: false,
  limits: {
    actions: { supportsStyles: true, maxLabelLength: 100, maxValueBytes: 3_000 },
    selects: { maxOptions: 100, maxLabelLength: 100, maxValueBytes: 3_000 },
    text: { markdownDialect: "markdown" },
  },
} as const;

/** Splits a presentation into what is written and what can be chosen. Links, and controls that mean nothing here, are written. */
export function splitPresentation(
  presentation: MessagePresentation,
  text: string | undefined,
): { text: string; controls: Controls } {
  const rows: Control[][] = [];
  const written: Block[] = [];
  for (const block of presentation.blocks) {
    if (block.type === "buttons") {
      const made = block.buttons.map((button) => ({ button, control: buttonOf(button) }));
      rows.push(made.flatMap(({ control }) => control ?? []));
      const links = made.filter(({ control }) => !control).map(({ button }) => button);
      if (links.length > 0) written.push({ ...block, buttons: links });
    } else if (block.type === "select") {
      rows.push([selectOf(block)]);
    } else {
      written.push(block);
    }
  }
  return {
    text: renderMessagePresentationFallbackText({
      presentation: { ...presentation, blocks: written },
      ...(text === undefined ? {} : { text }),
    }),
    controls: rows.filter((row) => row.length > 0),
  };
}

const STYLES = { primary: "primary", success: "success", danger: "danger", secondary: "default" } as const;

function buttonOf(button: MessagePresentationButton): Button | undefined {
  const means = button.disabled ? undefined : meaningOf(button);
  if (!means) return undefined;
  return {
    type: "button",
    label: button.label,
    style: button.style ? STYLES[button.style] : "default",
    means,
    ...(button.reusable ? { reusable: true } : {}),
    ...(means.kind === "question_text" ? { dialog: { title: button.label } } : {}),
  };
}

function meaningOf(button: MessagePresentationButton): Meaning | undefined {
  const action = resolveMessagePresentationButtonAction(button);
  switch (action?.type) {
    case "callback":
      return { kind: "value", value: action.value };
    case "command":
      return { kind: "command", command: action.command };
    case "question":
      return "optionValue" in action
        ? { kind: "question", question_id: action.questionId, option: action.optionValue }
        : { kind: "question_text", question_id: action.questionId };
    // Approvals have posts of their own: an agent could put a harmless word on the button that allows its own command.
    default:
      return undefined;
  }
}

function selectOf(block: SelectBlock): Select {
  const commands: string[] = [];
  const options = block.options.flatMap((option) => {
    const action = resolveMessagePresentationOptionAction(option);
    if (action?.type === "command") commands.push(action.command);
    const value = action?.type === "command" ? action.command : action?.type === "callback" ? action.value : undefined;
    return value === undefined ? [] : [{ label: option.label, value }];
  });
  return {
    type: "select",
    label: block.placeholder ?? "Choose…",
    options,
    means: { kind: "select", ...(commands.length > 0 ? { commands } : {}) },
  };
}
