import { describe, expect, it } from "@jest/globals";
import { namesIn, whatIsWrongWithUrl, wholeNumberIn, withSwitch } from "./values.ts";

describe("C5 settings are validated with the reason", () => {
  it("C5 an address is one that can be posted to", () => {
    expect(whatIsWrongWithUrl("")).toBeUndefined();
    expect(whatIsWrongWithUrl("https://gateway.example.com/oc")).toBeUndefined();
    expect(whatIsWrongWithUrl("gateway.example.com")).toBe("url.noUrl");
    expect(whatIsWrongWithUrl("ftp://gateway.example.com")).toBe("url.scheme");
    expect(whatIsWrongWithUrl("https://anna:secret@gateway.example.com")).toBe("url.credentials");
    expect(whatIsWrongWithUrl("https://gateway.example.com/?a=b")).toBe("url.query");
  });

  it("C5 minutes are whole and within their bounds", () => {
    const range = { min: 1, max: 1440 };
    expect(["60", " 5 ", "0", "1441", "1.5", "", "-3", "x"].map((typed) => wholeNumberIn(typed, range))).toEqual([
      60,
      5,
      ...Array.from({ length: 6 }, () => undefined),
    ]);
  });
});

describe("C5 the switches of commands", () => {
  it("C5 are kept as a list that people can also write", () => {
    expect(namesIn("/oc_new, OC_usage\nstop")).toEqual(["new", "usage", "stop"]);
    expect(namesIn(undefined)).toEqual([]);
    expect(withSwitch("new", "usage", false)).toBe("oc_new, oc_usage");
    expect(withSwitch("oc_new, oc_usage", "new", true)).toBe("oc_usage");
    expect(withSwitch("oc_usage", "usage", true)).toBe("");
  });
});
