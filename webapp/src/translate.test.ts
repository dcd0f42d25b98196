import { describe, expect, it } from "@jest/globals";
import { textsFor, translator } from "./translate.ts";

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe("translator", () => {
  it("puts values in, and leaves a placeholder without a value visible", () => {
    const t = translator("en");
    expect(t("test.ms", { ms: 12 })).toBe("12 ms");
    expect(t("test.ms")).toBe("{ms} ms");
  });

  it("takes the language of a regional locale, and English for an unknown one", () => {
    expect(translator("de-AT")("action.cancel")).toBe("Abbrechen");
    expect(translator("tlh")("action.cancel")).toBe("Cancel");
    expect(translator("")("action.cancel")).toBe("Cancel");
  });
});

describe("the languages", () => {
  const en = textsFor("en");

  it("have the same keys", () => {
    expect(Object.keys(textsFor("de")).sort()).toEqual(Object.keys(en).sort());
  });

  it("have the same placeholders in each text", () => {
    const de: Record<string, string> = textsFor("de");
    for (const [key, text] of Object.entries(en)) {
      expect([key, placeholders(de[key] ?? "")]).toEqual([key, placeholders(text)]);
    }
  });
});
