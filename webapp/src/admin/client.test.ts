import { describe, expect, it } from "@jest/globals";
import type { Http } from "../http.ts";
import { createAdminClient } from "./client.ts";

describe("createAdminClient", () => {
  it("C5 reaches the admin routes, with ids as parts of a path", async () => {
    const asked: [string, object?][] = [];
    const answer = { token: "t", commands: [], items: [], ok: true, hops: [] };
    const http: Http = {
      get: async <T>(path: string) => (asked.push([path]), answer as T),
      post: async <T>(path: string, body?: object) => (asked.push(body ? [path, body] : [path]), answer as T),
    };
    const client = createAdminClient(http);
    await client.confirm("bot1");
    await client.confirm("bot1", "https://gateway.example.com");
    await client.remove("bot/1");
    await client.test("bot1");
    await expect(client.createToken()).resolves.toBe("t");
    await client.rotateKeys();
    await client.revokeKeys();
    await expect(client.commands()).resolves.toEqual([]);
    await expect(client.kept()).resolves.toEqual([]);
    await client.replay("item1");
    await client.discard("item1");
    expect(asked).toEqual([
      ["/admin/links/bot1/confirm", {}],
      ["/admin/links/bot1/confirm", { url: "https://gateway.example.com" }],
      ["/admin/links/bot%2F1/remove"],
      ["/admin/links/bot1/test"],
      ["/admin/token"],
      ["/keys/rotate"],
      ["/keys/revoke"],
      ["/admin/catalogue"],
      ["/admin/kept"],
      ["/admin/kept/item1/replay"],
      ["/admin/kept/item1/discard"],
    ]);
  });
});
