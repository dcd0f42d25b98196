import type { ChoiceEvent } from "@openclaw-mattermost/contract";
import { describe, expect, it } from "@jest/globals";
import { runChoice, type ChoiceDeps, type Settled } from "./choice.ts";

const ALICE = "a".repeat(26);
const DENY = { kind: "approval", approval_id: "one", approval_kind: "exec", decision: "deny" };

const clickOf = (actor: object = {}): ChoiceEvent =>
  ({
    id: "action.clicked:1",
    type: "action.clicked",
    lane: "town",
    ts: 1,
    stale: false,
    actor: { id: ALICE, username: "alice", is_bot: false, is_webhook: false, is_system: false, ...actor },
    channel: { id: "town", type: "O", name: "town" },
    thread_root: "root",
    click: {
      id: "click",
      post_id: "post",
      action_id: "Deny",
      label: "Deny",
      selected_option: "",
      context: { means: DENY },
    },
  }) as unknown as ChoiceEvent;

/** What happens of a click where OpenClaw says this of the decision, and Bob has denied already. */
async function clicked(settled: Settled, event = clickOf()): Promise<{ outcome: string; happened: unknown[] }> {
  const happened: unknown[] = [];
  const deps = {
    bot: { id: "bot", username: "bot" },
    isOurs: () => true,
    mayApprove: async (id: string) => (id === ALICE ? undefined : "Ask @alice."),
    verdict: async (_event: ChoiceEvent, verdict: { allowed: boolean }) => {
      happened.push(verdict);
      return verdict.allowed;
    },
    approve: async () => settled,
    conclude: async (postId: string, line: string, which: string) => {
      happened.push([postId, line, which]);
      return "✗ **Denied** by @bob";
    },
    tellTooLate: async (_event: ChoiceEvent, line: string) => {
      happened.push(line);
    },
  };
  return { outcome: await runChoice(deps as unknown as ChoiceDeps, event, {} as never), happened };
}

describe("N8 clicks on the buttons of an approval", () => {
  it("N8 an approver decides, whoever may talk there", async () => {
    expect(await clicked(undefined)).toEqual({ outcome: "done", happened: [{ allowed: true }] });
  });

  it("N8 who comes too late is told who decided, and that stays for all to see", async () => {
    expect((await clicked({ line: "⌛ **Over**" })).happened).toEqual([
      { allowed: true },
      ["post", "⌛ **Over**", "unless_known"],
      "✗ **Denied** by @bob",
    ]);
  });

  it("N8 nobody else decides, and no bot", async () => {
    expect(await clicked(undefined, clickOf({ id: "b".repeat(26) }))).toEqual({
      outcome: "no_approver",
      happened: [{ allowed: false, text: "Ask @alice." }],
    });
    expect((await clicked(undefined, clickOf({ is_bot: true }))).outcome).toBe("no_approver");
  });
});
