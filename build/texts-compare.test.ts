import { describe, expect, it } from "@jest/globals";
import { compareTexts, keysIn } from "./texts-compare.ts";

const found = [keysIn('t("card.title", { name }); const words = { a: "state.ready" }; t(`tone.${tone}`);')];
const en = { "card.title": "Hello {name}", "state.ready": "Ready", "tone.good": "Good" };

describe("N17 the texts of the web app", () => {
  it("N17 fit when each key that is used has a text in each language", () => {
    const de = { "card.title": "Hallo {name}", "state.ready": "Bereit", "tone.good": "Gut" };
    expect(compareTexts({ en, de }, "en", found)).toEqual([]);
  });

  it("N17 are reported when they are missing, unused or differ in their placeholders", () => {
    const de = { "card.title": "Hallo", "state.ready": "", old: "Alt" };
    expect(compareTexts({ en: { ...en, "never.used": "x" }, de }, "en", [...found, keysIn('t("card.none")')])).toEqual([
      "en: card.none is used and has no text",
      "en: nothing uses never.used",
      "de: state.ready is missing",
      "de: tone.good is missing",
      "de: never.used is missing",
      "de: old is no key of the original",
      "de: card.title has other placeholders",
    ]);
  });
});
