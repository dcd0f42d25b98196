/** The post of an answer, as far as it is read here. */
export interface FinalPost {
  id: string;
  channel_id: string;
  root_id: string;
  message: string;
  props?: Record<string, unknown>;
}

/** A line about a tool. */
export interface ToolLine {
  id?: string;
  text: string;
  state: "running" | "done" | "failed";
}

/** What the post says of its run. Anybody may write any props: nothing of them is trusted to have a form. */
export function runOf(post: Pick<FinalPost, "props">): { requestId: string; thinking: string; tools: ToolLine[] } {
  const run = asRecord(post.props?.openclaw_run);
  const tools = Array.isArray(run.tools) ? run.tools : [];
  return {
    requestId: asText(run.request_id),
    thinking: asText(run.thinking),
    tools: tools.flatMap((tool): ToolLine[] => {
      const { text, state } = asRecord(tool);
      return typeof text === "string" ? [{ text, state: state === "failed" ? "failed" : "done" }] : [];
    }),
  };
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const asText = (value: unknown): string => (typeof value === "string" ? value : "");
