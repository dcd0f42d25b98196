import { describe, expect, it } from "@jest/globals";
import { createRecent } from "./recent.ts";

function storage(content = new Map<string, string>()) {
  return {
    getItem: (key: string) => content.get(key) ?? null,
    setItem: (key: string, text: string) => void content.set(key, text),
  };
}

describe("C2 recent commands", () => {
  it("C2 are the last five, newest first, each once, and of this user alone", () => {
    const store = storage();
    let user = "anna";
    const recent = createRecent(store, () => user);
    for (const line of ["/oc_1", "/oc_2", "/oc_3", "/oc_4", "/oc_5", "/oc_6", "/oc_3"]) recent.add(line);
    expect(recent.read()).toEqual(["/oc_3", "/oc_6", "/oc_5", "/oc_4", "/oc_2"]);
    user = "bob";
    expect(recent.read()).toEqual([]);
  });

  it("C2 are none where the browser keeps nothing, or something else", () => {
    const full = {
      getItem: () => "{",
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    const recent = createRecent(full, () => "anna");
    recent.add("/oc_status");
    expect(recent.read()).toEqual([]);
  });
});
