import { describe, expect, it } from "@jest/globals";
import { listen, readWhole } from "./http.ts";
import { startTap } from "./tap.ts";

const ID = "abcdefghijklmnopqrstuvwxyz";
const OTHER = "zyxwvutsrqponmlkjihgfedcba";
const delivery = (...ids: string[]) => JSON.stringify({ events: ids.map((id) => ({ id: `post.created:${id}` })) });

describe("a tap", () => {
  it("hands the request and the answer on as they are, and notes when they passed", async () => {
    const heard: string[] = [];
    await using receiver = await listen((request, response) => {
      void readWhole(request).then((body) => {
        heard.push(`${request.method} ${request.url} ${String(request.headers["x-sign"])} ${body.toString()}`);
        response.writeHead(200, { "X-Said": "yes" }).end(JSON.stringify({ acked: [`post.created:${ID}`] }));
      });
    });
    await using tap = await startTap(receiver.url);
    const before = performance.now();
    const response = await fetch(`${tap.url}/a/b`, { method: "POST", body: delivery(ID), headers: { "X-Sign": "s" } });

    expect([response.status, response.headers.get("x-said")]).toEqual([200, "yes"]);
    expect(await response.json()).toEqual({ acked: [`post.created:${ID}`] });
    expect(heard).toEqual([`POST /a/b s ${delivery(ID)}`]);
    const passage = tap.passages.get(ID);
    expect(passage?.body).toBe(delivery(ID));
    expect(passage?.arrivedAt).toBeGreaterThan(before);
    expect(passage?.answeredAt).toBeGreaterThan(passage?.arrivedAt ?? Infinity);
  });

  it("takes a post for stored only if the answer names it, or says nothing but 200", async () => {
    const answers = [
      { status: 503, body: "" },
      { status: 200, body: JSON.stringify({ acked: [`post.created:${ID}`] }) },
      { status: 200, body: "" },
    ];
    await using receiver = await listen((request, response) => {
      void readWhole(request).then(() => {
        const { status, body } = answers.shift() ?? { status: 500, body: "" };
        response.writeHead(status).end(body);
      });
    });
    await using tap = await startTap(receiver.url);
    const answered = () => [ID, OTHER].map((id) => tap.passages.get(id)?.answeredAt !== undefined);
    const deliver = async () => (await fetch(tap.url, { method: "POST", body: delivery(ID, OTHER) })).text();

    await deliver();
    expect(answered()).toEqual([false, false]);
    await deliver();
    expect(answered()).toEqual([true, false]);
    const first = tap.passages.get(ID)?.answeredAt;
    await deliver();
    expect(answered()).toEqual([true, true]);
    expect(tap.passages.get(ID)?.answeredAt).toBe(first);
  });

  it("answers 502 when nobody is behind it", async () => {
    const gone = await listen(() => undefined);
    await gone[Symbol.asyncDispose]();
    await using tap = await startTap(gone.url);
    expect((await fetch(tap.url, { method: "POST", body: delivery(ID) })).status).toBe(502);
    expect(tap.passages.get(ID)?.answeredAt).toBeUndefined();
  });
});
