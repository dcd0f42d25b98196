import { onQuestionEnded, questionOf, type AskingPayload } from "../host/questions.ts";
import type { AskedNotes } from "../notes/asked.ts";
import { concludePost, type ConcludeDeps } from "../reply/conclude.ts";

/** OpenClaw keeps no question over a restart. */
const LOST = "⌛ **Void**: the gateway restarted before this was answered. Ask again.";

/** The line for OpenClaw's word on how a question ended without a click. */
export const endedLine = (status: string): string =>
  `${/^(expired|cancelled|unavailable)/i.test(status) ? "⌛" : "✓"} **${status}**`;

/** A posted question loses its buttons when it ends in another way than by one of them, or with the gateway. */
export function followQuestion(
  deps: Pick<ConcludeDeps, "client"> & { asked?: AskedNotes },
  payload: AskingPayload,
  postId: string,
): void {
  const request = questionOf(payload);
  if (!request) return;
  deps.asked?.asked({ post: postId, request, place: "", lost: LOST });
  onQuestionEnded(request, postId, async (status) => {
    await concludePost(deps, postId, endedLine(status), "open");
  });
}
