import { describe, expect, it } from "@jest/globals";
import { typedApproval } from "./typed-approval.ts";

const running = (state: string, registered = false) => ({
  facts: () => ({ welcome: { link: { state } } as never, transport: "webhook" as const }),
  bot: () => ({ id: "bot", username: "claw" }),
  commands: { areRegistered: () => registered },
});
const ON = { commands: { native: "auto" } } as never;

describe("N8 what an approver types", () => {
  it("N8 the slash command where there is one, else a post that names the bot", () => {
    expect(typedApproval(ON, running("linked"))).toBe("/oc_approve");
    expect(typedApproval(ON, running("waiting"))).toBe("@claw /approve");
    expect(typedApproval(ON, running("waiting", true))).toBe("/oc_approve");
    expect(typedApproval({ commands: { native: false } }, running("linked"))).toBe("@claw /approve");
    expect(typedApproval(ON, undefined)).toBe("/approve");
  });
});
