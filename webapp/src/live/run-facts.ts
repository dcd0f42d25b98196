/** The post of an answer, as far as it is read here. */
export interface FinalPost {
  id: string;
  channel_id: string;
  root_id: string;
  message: string;
  edit_at?: number;
  metadata?: { images?: object };
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

/** The draft that a post is the answer of, from a WebSocket event's JSON. */
export function answerIn(json: unknown): { draft: string; userId: string } | undefined {
  const { user_id, props } = postWith("openclaw_run", json);
  const draft = asText(asRecord(asRecord(props).openclaw_run).draft);
  return draft === "" ? undefined : { draft, userId: asText(user_id) };
}

/** The post by which a run was shown, from a WebSocket event's JSON. */
export function previewIn(json: unknown): { id: string; channel_id: string; root_id: string } | undefined {
  const { id, channel_id, root_id, props } = postWith("openclaw_preview", json);
  if (asText(asRecord(props).openclaw_preview) === "") return undefined;
  return { id: asText(id), channel_id: asText(channel_id), root_id: asText(root_id) };
}

/** Most posts have no such prop, and are not even read. */
function postWith(prop: string, json: unknown): Record<string, unknown> {
  if (typeof json !== "string" || !json.includes(prop)) return {};
  try {
    return asRecord(JSON.parse(json));
  } catch {
    return {};
  }
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const asText = (value: unknown): string => (typeof value === "string" ? value : "");
