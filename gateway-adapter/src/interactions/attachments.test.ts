import { describe, expect, it } from "@jest/globals";
import { normalizeMessagePresentation } from "openclaw/plugin-sdk/interactive-runtime";
import { actionIdOf, attachmentsOf } from "./attachments.ts";
import { confirmation, findAction, withoutButtons } from "./confirm.ts";
import { readContext } from "./context.ts";
import { buttonDiscovery, withButtonsParam } from "./message-tool.ts";
import { splitPresentation } from "./presentation.ts";
import { controlsOf, renderPresentation } from "./render.ts";
import { interactionSecret, isSigned } from "./token.ts";

const place = { route: { url: "/plugins/x/clicks", dialogs: true }, botToken: "bot-token", channelId: "town" };
const shown = (raw: unknown, text?: string) => splitPresentation(normalizeMessagePresentation(raw)!, text);
const buttons = (...list: object[]): object => ({ blocks: [{ type: "buttons", buttons: list }] });

describe("buttons and selects", () => {
  it("L6 a button has its label and value under all of their names", () => {
    const { controls, text } = shown(
      buttons(
        { label: "A", value: "a" },
        { text: "B", callback_data: "b" },
        { text: "C", callbackData: "c", style: "danger" },
        { label: "D", action: { type: "command", command: "/status" }, reusable: true },
      ),
      "Choose",
    );
    expect(text).toBe("Choose");
    expect(controls[0]).toEqual([
      { type: "button", label: "A", style: "default", means: { kind: "value", value: "a" } },
      { type: "button", label: "B", style: "default", means: { kind: "value", value: "b" } },
      { type: "button", label: "C", style: "danger", means: { kind: "value", value: "c" } },
      { type: "button", label: "D", style: "default", means: { kind: "command", command: "/status" }, reusable: true },
    ]);
  });

  it("L6 links, disabled buttons and all that cannot be chosen are written", () => {
    const { controls, text } = shown({
      title: "Release",
      blocks: [
        { type: "text", text: "It is ready." },
        {
          type: "buttons",
          buttons: [
            { label: "Notes", url: "https://example.com" },
            { label: "Off", value: "x", disabled: true },
          ],
        },
      ],
    });
    expect(controls).toEqual([]);
    expect(text).toBe("Release\n\nIt is ready.\n\n- Notes: https://example.com\n- Off");
    expect(
      renderPresentation({ text: "" }, normalizeMessagePresentation(buttons({ label: "N", url: "https://e.x" }))!),
    ).toBeNull();
  });

  it("L6 a select keeps its options, and knows which of them are commands", () => {
    const { controls } = shown({
      blocks: [
        {
          type: "select",
          options: [
            { label: "Red", value: "r" },
            { label: "New", action: { type: "command", command: "/new" } },
          ],
        },
      ],
    });
    expect(attachmentsOf(controls, place)[0]?.actions[0]).toMatchObject({
      type: "select",
      options: [
        { text: "Red", value: "r" },
        { text: "New", value: "/new" },
      ],
      integration: { context: { means: { kind: "select", commands: ["/new"] } } },
    });
  });

  it("N8 no presentation and no payload of an agent makes a button that decides an approval", () => {
    const action = { type: "approval", approvalId: "a-1", approvalKind: "exec", decision: "allow-always" };
    expect(shown(buttons({ label: "Nice", action })).controls).toEqual([]);
    const means = { kind: "approval", approval_id: "a-1", approval_kind: "exec", decision: "allow-always" };
    const controls = [[{ type: "button", label: "Nice", means }]];
    expect(controlsOf({ channelData: { mattermost: { controls } } })).toEqual([]);
  });

  it("S12 ids are letters and digits, each once, and every context is signed for its channel", () => {
    expect(actionIdOf("my-button_01/ä")).toBe("mybutton01");
    const payload = withButtonsParam({}, [
      [
        { text: "Yes", callback_data: "a-b" },
        { text: "No", callback_data: "a_b", style: "primary" },
        { text: "?", callback_data: "…" },
      ],
    ]);
    const [row] = attachmentsOf(controlsOf(payload), place);
    expect(row?.actions.map(({ id }) => id)).toEqual(["ab", "ab2", "button"]);
    for (const { id, integration } of row!.actions) {
      expect(integration.context).toMatchObject({ action_id: id, channel_id: "town" });
      expect(isSigned(interactionSecret("bot-token"), integration.context)).toBe(true);
    }
  });

  it("S12 `buttons` may come as text, and what cannot be read is said", () => {
    const text = '[[{"text":"Yes","callback_data":"yes"}]]';
    expect(controlsOf(withButtonsParam({}, text))).toHaveLength(1);
    expect(withButtonsParam({ text: "x" }, undefined)).toEqual({ text: "x" });
    for (const wrong of [{}, "no json", [{ text: "Yes", callback_data: "yes" }], [[{ text: "Yes" }]]])
      expect(() => withButtonsParam({}, wrong)).toThrow("rows of buttons");
  });

  it("S12 the agent is told of `buttons` where the account has the capability inlineButtons", () => {
    expect(buttonDiscovery([{ capabilities: [] }])).toEqual({ capabilities: ["presentation"] });
    expect(buttonDiscovery([{ capabilities: ["inlineButtons"] }]).schema).toBeDefined();
  });

  it("N4 where no dialog can be opened, its button is left out", () => {
    const controls = controlsOf(withButtonsParam({}, [[{ text: "Write", callback_data: "w", input: true }]]));
    expect(attachmentsOf(controls, place)[0]?.actions[0]?.integration.context).toMatchObject({
      means: { kind: "text" },
      dialog: { title: "Write" },
    });
    expect(attachmentsOf(controls, { ...place, route: { url: "http://x", dialogs: false } })).toEqual([]);
  });

  it("S12 a confirmation takes the place of all buttons and leaves the rest", () => {
    const actions = [{ id: "yes", name: "Yes", type: "button" }];
    const props = {
      other: 1,
      attachments: [
        { text: "kept", actions },
        { text: "", actions },
      ],
    };
    expect(findAction(props, "yes")?.name).toBe("Yes");
    expect(findAction({ attachments: "broken" }, "yes")).toBeUndefined();
    const line = confirmation("*Yes* `now`\n", "alice");
    expect(line).toBe("✓ **Yes now** selected by @alice");
    expect(withoutButtons(props, line)).toEqual({
      other: 1,
      attachments: [{ text: "kept" }, { text: line, fallback: line }],
    });
  });

  it("S13 of a script's context its own fields are told", () => {
    expect(readContext({ action_id: "x", _token: "t", channel_id: "c", b: 1, action: "approve" })).toEqual({
      means: undefined,
      custom: '{"action":"approve","b":1}',
    });
    expect(readContext({ action_id: "x" }).custom).toBe("");
  });
});
