import { describe, expect, it } from "@jest/globals";
import { mergeJson } from "./json.ts";

describe("mergeJson", () => {
  it("merges objects at every depth and leaves the rest alone", () => {
    expect(mergeJson({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 9 } })).toEqual({ a: { b: 9, c: 2 }, d: 3 });
  });

  it("deletes what the patch sets to null, also inside something new", () => {
    expect(mergeJson({ a: 1, b: 2 }, { a: null, c: { d: null, e: 1 } })).toEqual({ b: 2, c: { e: 1 } });
  });

  it("replaces lists and scalars as a whole", () => {
    expect(mergeJson({ list: [1, 2], value: { deep: 1 } }, { list: [3], value: 4 })).toEqual({ list: [3], value: 4 });
  });

  it("does not touch its arguments", () => {
    const base = { a: { b: 1 } };
    mergeJson(base, { a: { b: 2 } });
    expect(base).toEqual({ a: { b: 1 } });
  });
});
