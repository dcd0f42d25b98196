import { describe, expect, it } from "@jest/globals";
import { createAdminClient, csrfTokenFrom, RequestError } from "./client.ts";

const BASE = "/chat/plugins/com.openclaw.mattermost/api/v1";

/** A client whose server gives one answer and notes what it was asked. */
function clientWith(answer: () => Response) {
  const asked: { url: string; init: RequestInit }[] = [];
  const client = createAdminClient({
    fetch: async (url, init) => {
      asked.push({ url: url as string, init: init ?? {} });
      return answer();
    },
    base: BASE,
    csrfToken: () => "csrf",
  });
  return { client, asked };
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

describe("createAdminClient", () => {
  it("reads the state below the path that Mattermost is served at, marked as a request of the client", async () => {
    const { client, asked } = clientWith(() => json({ links: [] }));
    await expect(client.status()).resolves.toEqual({ links: [] });
    expect(asked[0]?.url).toBe(`${BASE}/admin/status`);
    expect(asked[0]?.init.headers).toEqual({ "X-Requested-With": "XMLHttpRequest" });
  });

  it("sends Mattermost's token against forged requests with each write", async () => {
    const { client, asked } = clientWith(() => json({}));
    await client.confirm("bot1", "https://gateway.example.com");
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

  it("confirms a link without a URL, and reaches the other routes", async () => {
    const { client, asked } = clientWith(() => json({ token: "t", ok: true, hops: [] }));
    await client.confirm("bot1");
    await client.remove("bot1");
    await expect(client.test("bot1")).resolves.toMatchObject({ ok: true, hops: [] });
    await expect(client.createToken()).resolves.toBe("t");
    await client.rotateKeys();
    expect(asked[0]?.init.body).toBe("{}");
    expect(asked.map(({ url }) => url.slice(BASE.length))).toEqual([
      "/admin/links/bot1/confirm",
      "/admin/links/bot1/remove",
      "/admin/links/bot1/test",
      "/admin/token",
      "/keys/rotate",
    ]);
  });

  it("accepts an answer without a body where none is needed", async () => {
    const { client } = clientWith(() => new Response(null, { status: 204 }));
    await expect(client.remove("bot1")).resolves.toBeUndefined();
  });

  it("gives a refusal with the plugin's code and message", async () => {
    const { client } = clientWith(() => json({ error: { code: "login.required", message: "Log in." } }, 401));
    await expect(client.status()).rejects.toMatchObject({ code: "login.required", message: "Log in." });
  });

  it("gives a refusal of something before the plugin with its status", async () => {
    const { client } = clientWith(() => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    await expect(client.status()).rejects.toMatchObject({ code: "http.502", message: "Bad Gateway" });
  });

  it("tells no answer apart from a wrong one", async () => {
    const refused = new TypeError("fetch failed");
    const { client: alone } = clientWith(() => {
      throw refused;
    });
    const failure: unknown = await alone.status().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RequestError);
    expect(failure).toMatchObject({ code: "server.unreachable", cause: refused });

    const { client: misled } = clientWith(() => new Response("<html>"));
    await expect(misled.status()).rejects.toMatchObject({ code: "answer.malformed" });
  });
});

describe("csrfTokenFrom", () => {
  it("finds the cookie among others, and only by its whole name", () => {
    expect(csrfTokenFrom("MMUSERID=u; MMCSRF=abc123; x=y")).toBe("abc123");
    expect(csrfTokenFrom("XMMCSRF=no")).toBe("");
  });
});
