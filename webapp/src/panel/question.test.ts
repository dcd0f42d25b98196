import { describe, expect, it } from "@jest/globals";
import { questionAbout } from "./question.ts";

describe("C2 a question about a post", () => {
  const about = {
    question: " Why? ",
    author: "@anna",
    text: "one\ntwo",
    link: "https://chat.example.com/_redirect/pl/1",
  };

  it("C2 quotes the post, says whose and where it is, and then asks", () => {
    expect(questionAbout(about)).toBe("> @anna https://chat.example.com/_redirect/pl/1\n> one\n> two\n\nWhy?");
  });

  it("C2 cuts a long post", () => {
    expect(questionAbout({ ...about, text: "x".repeat(5_000) }).length).toBeLessThan(2_100);
  });
});
