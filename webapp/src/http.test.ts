import { describe, expect, it } from "@jest/globals";
import { createHttp, csrfTokenFrom, RequestError } from "./http.ts";

const BASE = "/chat/plugins/com.openclaw.mattermost/api/v1";

/** Calls of a server that gives one answer and notes what it was asked. */
function httpWith(answer: () => Response) {
  const asked: { url: string; init: RequestInit }[] = [];
  const http = createHttp({
    fetch: async (url, init) => {
      asked.push({ url: url as string, init: init ?? {} });
      return answer();
    },
    base: BASE,
    csrfToken: () => "csrf",
  });
  return { http, asked };
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

describe("createHttp", () => {
  it("reads below the path that Mattermost is served at, marked as a request of the client", async () => {
    const { http, asked } = httpWith(() => json({ links: [] }));
    await expect(http.get("/admin/status")).resolves.toEqual({ links: [] });
    expect(asked[0]?.url).toBe(`${BASE}/admin/status`);
    expect(asked[0]?.init.headers).toEqual({ "X-Requested-With": "XMLHttpRequest" });
  });

  it("sends Mattermost's token against forged requests with each write", async () => {
    const { http, asked } = httpWith(() => json({}));
    await http.post("/admin/links/bot1/confirm", { url: "https://gateway.example.com" });
    expect(asked[0]).toEqual({
      url: `${BASE}/admin/links/bot1/confirm`,
      init: {
        method: "POST",
        credentials: "same-origin",
        headers: { "X-Requested-With": "XMLHttpRequest", "X-CSRF-Token": "csrf", "Content-Type": "application/json" },
        body: '{"url":"https://gateway.example.com"}',
      },
    });
  });

  it("accepts an answer without a body", async () => {
    const { http } = httpWith(() => new Response(null, { status: 204 }));
    await expect(http.post("/keys/rotate")).resolves.toBeUndefined();
  });

  it("gives a refusal with the plugin's code and message, and with Mattermost's", async () => {
    const { http } = httpWith(() => json({ error: { code: "login.required", message: "Log in." } }, 401));
    await expect(http.get("/x")).rejects.toMatchObject({ code: "login.required", message: "Log in." });
    const { http: mattermost } = httpWith(() => json({ id: "api.command.not_found", message: "No such command" }, 404));
    await expect(mattermost.post("/x")).rejects.toMatchObject({ code: "api.command.not_found" });
  });

  it("gives a refusal of something before the plugin with its status", async () => {
    const { http } = httpWith(() => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    await expect(http.get("/x")).rejects.toMatchObject({ code: "http.502", message: "Bad Gateway" });
  });

  it("tells no answer apart from a wrong one", async () => {
    const refused = new TypeError("fetch failed");
    const { http: alone } = httpWith(() => {
      throw refused;
    });
    const failure: unknown = await alone.get("/x").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RequestError);
    expect(failure).toMatchObject({ code: "server.unreachable", cause: refused });

    const { http: misled } = httpWith(() => new Response("<html>"));
    await expect(misled.get("/x")).rejects.toMatchObject({ code: "answer.malformed" });
  });
});

describe("csrfTokenFrom", () => {
  it("finds the cookie among others, and only by its whole name", () => {
    expect(csrfTokenFrom("MMUSERID=u; MMCSRF=abc123; x=y")).toBe("abc123");
    expect(csrfTokenFrom("XMMCSRF=no")).toBe("");
  });
});
