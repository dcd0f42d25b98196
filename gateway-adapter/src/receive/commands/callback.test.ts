import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createFailureLimiter } from "../failure-limiter.ts";
import { createCommandCallback, type Taken } from "./callback.ts";
import { hookIdOf, idOfUse, newMattermostId, readForm, type CommandForm } from "./form.ts";

const id = (letter: string): string => letter.repeat(26);
const FORM = { token: "t", team_id: id("t"), channel_id: id("c"), user_id: id("u"), command: "/oc_status", text: "x" };

let server: Server;
let url: string;
let verdict: Taken;
let took: CommandForm[];
let logged: string[];

beforeEach(async () => {
  verdict = { kind: "kept", text: "Working" };
  took = [];
  logged = [];
  const callback = createCommandCallback({
    takersAt: (path) =>
      path === "/command"
        ? [
            () => Promise.resolve({ kind: "unknown" }),
            (form) => {
              took.push(form);
              return Promise.resolve(verdict);
            },
          ]
        : [],
    limiter: createFailureLimiter({ now: () => 0, burst: 5 }),
    log: (sentence) => logged.push(sentence),
  });
  server = createServer((req, res) => void callback(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/command`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const post = async (form: Record<string, string>, at = url, headers = {}) => {
  const response = await fetch(at, { method: "POST", body: new URLSearchParams(form), headers });
  return { status: response.status, body: (await response.json()) as { text: string; response_type?: string } };
};

describe("S3 the callback of commands", () => {
  it("S3 GET and everything else but POST is 405", async () => {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const response = await fetch(url, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    }
  });

  it("S3 a command is acknowledged to the asker alone, once an account has stored it", async () => {
    expect(await post(FORM)).toEqual({ status: 200, body: { response_type: "ephemeral", text: "Working" } });
    expect(took[0]).toMatchObject({ command: "/oc_status", text: "x", root_id: "", token: "t" });
  });

  it("S3 the token may stand in Mattermost's header alone", async () => {
    await post({ ...FORM, token: "" }, url, { authorization: "Token from-header" });
    expect(took[0]?.token).toBe("from-header");
  });

  it("S3 S16 a token that is none is 401 in the documented words, and never logged", async () => {
    verdict = { kind: "unknown" };
    expect(await post(FORM)).toEqual({ status: 401, body: { text: "Unauthorized: invalid command token." } });
    expect(await post(FORM, url.replace("/command", "/other"))).toMatchObject({ status: 401 });
    expect(logged.join()).toContain("invalid command token");
    expect(logged.join()).not.toContain(FORM.token.repeat(3));
  });

  it("S3 where Mattermost cannot be asked the command is refused for now", async () => {
    verdict = { kind: "unavailable" };
    expect((await post(FORM)).status).toBe(503);
  });

  it("S3 what is no command is 400, and whoever goes on is held up", async () => {
    for (const bad of [{}, { ...FORM, user_id: "me" }, { ...FORM, command: "oc_status" }, { ...FORM, root_id: "../" }])
      expect((await post(bad as Record<string, string>)).status).toBe(400);
    expect((await post({})).status).toBe(400);
    expect((await post(FORM)).status).toBe(429);
    expect(took).toEqual([]);
  });

  it("S3 a body without end is not read", async () => {
    expect((await post({ ...FORM, text: "x".repeat(140_000) })).status).toBe(413);
  });
});

describe("S3 what a use of a command carries", () => {
  it("S3 its id is Mattermost's own, so that the same use twice is one", () => {
    const trigger_id = Buffer.from(`${id("a")}:${id("u")}:1790000000000:c2ln`).toString("base64");
    expect(idOfUse({ trigger_id })).toBe(id("a"));
    expect(idOfUse({ trigger_id: "" })).toBeUndefined();
    expect(idOfUse({ trigger_id: "?!" })).toBeUndefined();
    expect(newMattermostId()).toMatch(/^[a-z0-9]{26}$/);
  });
  it("S3 L7 of the address for answers only the id counts, so that no other server can be named", () => {
    expect(hookIdOf({ response_url: `https://evil.example.com/x/hooks/commands/${id("h")}` })).toBe(id("h"));
    expect(hookIdOf({ response_url: "https://evil.example.com/hooks/commands/../../api" })).toBeUndefined();
  });
  it("S3 a form that is not Mattermost's is none", () => {
    expect(readForm("", undefined)).toBeUndefined();
    expect(readForm(new URLSearchParams(FORM).toString(), "Bearer x")?.token).toBe("t");
  });
});
