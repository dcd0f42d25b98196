import { describe, expect, it } from "@jest/globals";
import { isShortcut } from "./shortcut.ts";

function press(more: Partial<Parameters<typeof isShortcut>[0]>, altGr = false) {
  const { code = "KeyO", ctrlKey = false, metaKey = false, altKey = true, shiftKey = false, repeat = false } = more;
  return isShortcut({ code, ctrlKey, metaKey, altKey, shiftKey, repeat, getModifierState: () => altGr });
}

describe("C2 the shortcut", () => {
  it("C2 is Ctrl+Alt+O, or Option+Command+O", () => {
    expect(press({ ctrlKey: true })).toBe(true);
    expect(press({ metaKey: true })).toBe(true);
  });

  it("N17 is nothing that writes a letter or belongs to somebody else", () => {
    expect(press({ ctrlKey: true }, true)).toBe(false);
    expect(press({})).toBe(false);
    expect(press({ ctrlKey: true, metaKey: true })).toBe(false);
    expect(press({ ctrlKey: true, shiftKey: true })).toBe(false);
    expect(press({ ctrlKey: true, repeat: true })).toBe(false);
    expect(press({ ctrlKey: true, code: "KeyP" })).toBe(false);
  });
});
