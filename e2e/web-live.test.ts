import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import {
  buildClient,
  type Channel,
  type MattermostClient,
  type Page,
  Stack,
  TestBrowser,
} from "@openclaw-mattermost/testbed";

const WORDS = Array.from({ length: 20 }, (_, i) => `word${String(i)} `);
const WHOLE = WORDS.join("").trim();
const DRAFT = ".oc-live[aria-busy]";

let stack: Stack;
let browser: TestBrowser;
let alice: MattermostClient;
let town: Channel;
let page: Page;

beforeAll(async () => {
  stack = await Stack.start({ client: await buildClient(), channel: { groupPolicy: "open" } });
  alice = stack.user("alice");
  town = await stack.channelWith("engineering", [alice]);
  browser = await TestBrowser.start();
  page = await browser.open(alice, "/acme/channels/engineering");
}, 180_000);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

afterEach(() => {
  expect(browser.takeErrors()).toEqual([]);
});

const draft = () => page.locator(DRAFT);
const answer = (text: string) => page.locator(".oc-live-final", { hasText: text });

describe("live answers in a browser", () => {
  it("N5 an answer grows before the reader, and its post takes the draft's place", async () => {
    stack.model.script("grow in the browser", { chunks: WORDS, everyMs: 500 });
    await alice.post(town.id, "@openclaw grow in the browser");
    await draft().getByText("word3").waitFor({ timeout: 60_000 });
    await draft().getByRole("button", { name: "Stop" }).waitFor();
    await answer(WHOLE).waitFor();
    await draft().waitFor({ state: "detached" });
    expect(await page.locator("#app-content .post", { hasText: "word19" }).count()).toBe(1);
  });

  it("N5 Copy copies the answer, also where the browser lends no clipboard, and Ask again asks again", async () => {
    await page.evaluate(() => {
      Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
      document.addEventListener("copy", () => {
        const field = document.activeElement;
        if (field instanceof HTMLTextAreaElement) document.title = `copied ${field.value}`;
      });
    });
    await answer(WHOLE).getByRole("button", { name: "Copy" }).click();
    await answer(WHOLE).getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.title()).toBe(`copied ${WHOLE}`);
    await answer(WHOLE).getByRole("button", { name: "Ask again" }).click();
    await answer(WHOLE).getByRole("button", { name: "Asked again" }).waitFor();
    await answer(WHOLE).nth(1).waitFor();
    const asked = stack.model.requests.filter(({ user }) => user.includes("grow in the browser"));
    expect(asked.length).toBeGreaterThan(1);
  });

  it("N5 a page that is loaded in the middle shows what is there", async () => {
    stack.model.script("grow over a reload", { chunks: [...WORDS, ...WORDS], everyMs: 600 });
    await alice.post(town.id, "@openclaw grow over a reload");
    await draft().getByText("word2").waitFor();
    await page.reload();
    await draft().getByText("word4").waitFor();
    await answer(WHOLE).last().waitFor();
    await draft().waitFor({ state: "detached" });
  });

  it("N5 a channel whose posts come after the draft shows it all the same", async () => {
    stack.model.script("grow before the list", { chunks: [...WORDS, ...WORDS], everyMs: 600 });
    await alice.post(town.id, "@openclaw grow before the list");
    await draft().getByText("word2").waitFor();
    await page.route("**/api/v4/channels/*/posts?*", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await route.continue();
    });
    await page.reload();
    await draft().getByText("word12").waitFor();
    await page.unroute("**/api/v4/channels/*/posts?*");
    await answer(WHOLE).last().waitFor();
    await draft().waitFor({ state: "detached" });
  });

  it("N5 N7 Stop ends the run, and leaves no draft", async () => {
    stack.model.script("never end", {
      chunks: Array.from({ length: 200 }, (_, i) => `step${String(i)} `),
      everyMs: 500,
    });
    await alice.post(town.id, "@openclaw never end");
    await draft().getByText("step2").waitFor();
    await draft().getByRole("button", { name: "Stop" }).click();
    await draft().waitFor({ state: "detached" });
    await stack.until("the model to be let go", () =>
      stack.model.requests.some((request) => request.user.includes("never end") && request.aborted === true),
    );
  });

  it("N5 the word on a long run leaves nothing behind for who looks on", async () => {
    stack.model.script("take long", { chunks: WORDS, everyMs: 200 });
    const notice = page.locator("#app-content .post", { hasText: "Still working on it" });
    stack.gateway.patchConfig({ channels: { mattermost: { live: { longRunSeconds: 1 } } } });
    await stack.until("a word on a long run", async () => {
      const question = await alice.post(town.id, "@openclaw take long");
      const seen = notice.waitFor({ timeout: 10_000 }).then(
        () => true,
        () => false,
      );
      await stack.answerTo(alice, question, WHOLE);
      return seen;
    });
    await notice.waitFor({ state: "detached" });
    expect(await page.locator("#app-content .post", { hasText: "message deleted" }).count()).toBe(0);
  });
});
