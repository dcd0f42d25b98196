import { describe, expect, it } from "@jest/globals";
import { splitMarkdown } from "./split-markdown.ts";

const lines = (count: number, line: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => line(i));
const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

describe("N13 Markdown in posts", () => {
  it("N13 a text that fits stays as it is", () => {
    expect(splitMarkdown("a\n\n\nb  ", 8)).toEqual(["a\n\n\nb  "]);
  });

  it("N13 a fence that is cut is closed and opened again, with its language", () => {
    const code = lines(40, (i) => `const line${String(i)} = ${String(i)};`);
    const posts = splitMarkdown(["before", "```ts", ...code, "```", "after"].join("\n"), 200);
    for (const post of posts) {
      expect(post.length).toBeLessThanOrEqual(200);
      expect(post.match(/^```/gm)?.length ?? 0).toBe(post.includes("const") ? 2 : 0);
    }
    expect(posts.filter((post) => post.includes("const")).every((post) => post.includes("```ts"))).toBe(true);
    expect(posts.join("\n").match(/^const.*$/gm)).toEqual(code);
  });

  it("N13 a fence in a list or a quote is opened again where it stood", () => {
    const code = lines(20, (i) => `  code ${String(i)}`);
    const inList = splitMarkdown(["- ```sh", ...code, "  ```"].join("\n"), 100);
    expect(inList[0]?.startsWith("- ```sh\n")).toBe(true);
    for (const post of inList.slice(1)) expect(post.startsWith("  ```sh\n")).toBe(true);
    for (const post of inList) expect(post.endsWith("  ```")).toBe(true);
    const quoted = splitMarkdown(["> ```", ...code.map((line) => `> ${line}`), "> ```"].join("\n"), 100);
    for (const post of quoted) expect(post.split("\n").every((line) => line.startsWith(">"))).toBe(true);
  });

  it("N13 a table that is cut has its header in every post, and no row is cut", () => {
    const rows = lines(30, (i) => `| row ${String(i)} | value ${String(i)} |`);
    const posts = splitMarkdown(["| a | b |", "|---|:-:|", ...rows].join("\n"), 150);
    expect(posts.length).toBeGreaterThan(2);
    for (const post of posts) expect(post.startsWith("| a | b |\n|---|:-:|\n| row")).toBe(true);
    expect(posts.join("\n").match(/^\| row.*$/gm)).toEqual(rows);
  });

  it("N13 a short table, fence or list item moves to the next post rather than being cut", () => {
    const intro = "word ".repeat(12).trim();
    const table = "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |";
    expect(splitMarkdown(`${intro}\n\n${table}`, 80)).toEqual([intro, table]);
    const item = "- an item that has\n  a second line of its own";
    expect(splitMarkdown(`${intro}\n${item}`, 80)).toEqual([intro, item]);
  });

  it("N13 mentions, links and pieces of code are not cut", () => {
    const whole = ["@anna.long-name_of-hers", "[a link with words](https://example.com/a/b)", "`some code here`"];
    for (let pad = 0; pad < 60; pad += 1) {
      const text = `${"x".repeat(pad)} ${whole.join(" ")} end of it all and more`;
      const posts = splitMarkdown(text, 60);
      for (const each of whole) expect(posts.some((post) => post.includes(each))).toBe(true);
    }
  });

  it("N13 emoji are not cut in halves, and a word longer than a post is cut", () => {
    const posts = splitMarkdown("😀".repeat(100), 21);
    expect(posts.join("")).toBe("😀".repeat(100));
    for (const post of posts) expect(post).toMatch(/^(😀)+$/u);
  });

  it("N13 whatever the text, every post fits, every fence is closed and no word is lost", () => {
    let seed = 7;
    const random = (max: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * max);
    };
    const word = (): string => ["a", "@bob", "longerword", "**bold**", "x".repeat(random(30) + 1)][random(5)] ?? "";
    const sentence = (): string => lines(random(12) + 1, word).join(" ");
    const part = (): string =>
      [
        sentence,
        () => lines(random(5) + 1, () => `- ${sentence()}`).join("\n"),
        () => ["```js", ...lines(random(9), sentence), "```"].join("\n"),
        () => ["| h | i |", "|---|---|", ...lines(random(6), () => `| ${word()} | ${word()} |`)].join("\n"),
        () => "",
      ][random(5)]?.() ?? "";
    for (let run = 0; run < 300; run += 1) {
      const text = lines(random(12) + 1, part).join(random(2) ? "\n" : "\n\n");
      const limit = 80 + random(200);
      const posts = splitMarkdown(text, limit);
      const left = words(posts.join("\n"));
      for (const post of posts) {
        expect(post.length).toBeLessThanOrEqual(limit);
        expect((post.match(/^```/gm)?.length ?? 0) % 2).toBe(0);
      }
      let at = 0;
      for (const each of words(text)) {
        const found = left.indexOf(each, at);
        expect([each, found]).not.toEqual([each, -1]);
        at = found + 1;
      }
    }
  });

  it("N13 even a limit too small for any frame is kept to", () => {
    const text = ["```typescript", "some code", "```", "| a | b |", "|---|---|", "| 1 | 2 |"].join("\n");
    for (const limit of [1, 2, 5, 12]) {
      for (const post of splitMarkdown(text, limit)) expect(post.length).toBeLessThanOrEqual(limit);
    }
  });
});
