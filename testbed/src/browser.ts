import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { TestbedError } from "./errors.ts";
import type { MattermostClient } from "./mattermost-client.ts";
import { PASSWORD } from "./stack.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
/** What a page is waited for: a slow machine has the time that the other parts give it. */
const PAGE_DEADLINE_MS = 60_000;

/** The executable of Chromium or Chrome: `OC_CHROMIUM`, or what is on the PATH. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const { OC_CHROMIUM, PATH = "" } = env;
  const places = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = (OC_CHROMIUM ? [OC_CHROMIUM] : [...places, MAC]).find((path) => existsSync(path));
  if (found) return found;
  const wanted = OC_CHROMIUM ? `OC_CHROMIUM names ${OC_CHROMIUM}, which does not exist.` : "No Chromium was found.";
  throw new TestbedError(
    "tool.missing",
    `${wanted} Install it (Debian and Ubuntu: apt-get install chromium), or set OC_CHROMIUM to a Chromium or Chrome.`,
  );
}

export type { Page } from "playwright-core";

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  /** The browser's own language; the user's language is a setting of Mattermost. */
  readonly locale?: string;
}

/** A real Chromium, and what its pages complained of. */
export class TestBrowser implements AsyncDisposable {
  /** Errors of the console and of scripts, in all pages, since the last {@link takeErrors}. */
  readonly #errors: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    const browser = await chromium.launch({
      executablePath: findChromium(),
      // Chromium's own sandbox does not run as root; the pages are ours.
      chromiumSandbox: process.getuid?.() !== 0,
      args: ["--force-color-profile=srgb", "--font-render-hinting=none", "--disable-dev-shm-usage"],
    });
    return new TestBrowser(browser);
  }

  /** A page of a user who is logged in, with a session of its own. */
  async open(user: MattermostClient, path: string, options: PageOptions = {}): Promise<Page> {
    const context = await this.#context(user, options);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.#errors.push(String(error)));
    page.on("console", (said) => {
      if (said.type() === "error") this.#errors.push(`${said.text()} (${said.location().url})`);
    });
    await page.goto(`${user.url}${path}`);
    return page;
  }

  /** What went wrong in pages so far, once. */
  takeErrors(): string[] {
    return this.#errors.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }

  async #context(user: MattermostClient, options: PageOptions): Promise<BrowserContext> {
    const { width = 1366, height = 850, locale = "en" } = options;
    const context = await this.#browser.newContext({ viewport: { width, height }, locale, reducedMotion: "reduce" });
    context.setDefaultTimeout(PAGE_DEADLINE_MS);
    const answer = await context.request.post(`${user.url}/api/v4/users/login`, {
      data: { login_id: user.me.username, password: PASSWORD },
      headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    if (!answer.ok()) throw new TestbedError("http.refused", `login of ${user.me.username}: ${answer.status()}`);
    return context;
  }
}
