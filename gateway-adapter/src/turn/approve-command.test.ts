import { describe, expect, it } from "@jest/globals";
import { approveByCommand, APPROVE_USAGE, readTyped, type TypedDecision } from "./approve-command.ts";

const ALICE = {
  id: "a".repeat(26),
  username: "alice",
  display_name: "",
  is_bot: false,
  is_guest: false,
  is_webhook: false,
  is_system: false,
  is_deactivated: false,
};

async function typed(text: string, actor = ALICE): Promise<{ told: string; decided: TypedDecision[] }> {
  const decided: TypedDecision[] = [];
  const deps = {
    bot: { id: "bot", username: "bot" },
    mayApprove: (id: string) => Promise.resolve(id === ALICE.id ? undefined : "Ask @alice."),
    approveTyped: (what: TypedDecision) => {
      decided.push(what);
      return Promise.resolve("Denied.");
    },
  };
  return { told: (await approveByCommand(deps, actor, text)).text, decided };
}

describe("N8 approvals that are decided by typing", () => {
  it("N8 an id and a decision, in either order and in the words that OpenClaw knows", () => {
    expect(readTyped(" one deny ")).toEqual({ id: "one", decision: "deny" });
    expect(readTyped("Always plugin:1")).toEqual({ id: "plugin:1", decision: "allow-always" });
    for (const text of ["", "one", "one maybe", "one deny now"]) expect(readTyped(text)).toBeUndefined();
  });

  it("N8 an approver decides and is told so; what cannot be read is explained", async () => {
    expect(await typed("one deny")).toEqual({ told: "Denied.", decided: [{ id: "one", decision: "deny" }] });
    expect(await typed("one")).toEqual({ told: APPROVE_USAGE, decided: [] });
  });

  it("N8 whoever is no approver decides nothing, and is told who may", async () => {
    expect(await typed("one deny", { ...ALICE, id: "b".repeat(26) })).toEqual({ told: "Ask @alice.", decided: [] });
    expect((await typed("one deny", { ...ALICE, is_bot: true })).decided).toEqual([]);
  });
});
