import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../../errors.ts";
import { answerByRest, type AnswerPlace } from "./answer.ts";
import { callbackPathsOf, callbackUrlOf, isOutOfReach } from "./url.ts";

const PLACE: AnswerPlace = { hookId: "h", direct: false, channelId: "c", userId: "u", rootId: "r" };

function scene(refusal?: MattermostError) {
  const said: string[] = [];
  const deps = {
    calls: {
      answerHook: async (hook: string, text: string) => {
        if (refusal) throw refusal;
        said.push(`${hook}: ${text}`);
      },
    },
    send: async (to: string, text: string, rootId: string) => said.push(`${to} ${rootId}: ${text}`),
  };
  return { said, answer: (texts: string[], place = PLACE) => answerByRest(deps, place, { texts }) };
}

describe("S3 the answer of a command", () => {
  it("S3 is for the asker alone, where it was typed", async () => {
    const { said, answer } = scene();
    await answer(["a", "b"]);
    expect(said).toEqual(["h: a", "h: b"]);
  });
  it("S3 is a post in a direct message, in its thread", async () => {
    const { said, answer } = scene();
    await answer(["a"], { ...PLACE, direct: true });
    expect(said).toEqual(["channel:c r: a"]);
  });
  it("S3 comes whole, however many parts it has, although Mattermost takes five", async () => {
    const { said, answer } = scene();
    await answer(["1", "2", "3", "4", "5", "6"]);
    expect(said).toEqual(["h: 1", "h: 2", "h: 3", "h: 4\n\n5\n\n6"]);
  });
  it("S3 goes to the asker alone, too, where Mattermost does not take it any more", async () => {
    const { said, answer } = scene(new MattermostError("http", "expired", { status: 404 }));
    await answer(["a"]);
    await answer(["b"], { ...PLACE, hookId: undefined });
    expect(said).toEqual(["user:u : a", "user:u : b"]);
  });
  it("S3 is tried again where Mattermost is away", async () => {
    const { answer } = scene(new MattermostError("network", "away"));
    await expect(answer(["a"])).rejects.toThrow("away");
  });
});

describe("S3 where commands are called", () => {
  const path = { callbackPath: "/api/channels/mattermost/command", callbackUrl: undefined };
  it.each([
    [{}, "http://localhost:18789"],
    [{ port: 4000, customBindHost: "10.0.0.5" }, "http://10.0.0.5:4000"],
    [{ customBindHost: "0.0.0.0" }, "http://localhost:18789"],
    [{ customBindHost: "::" }, "http://localhost:18789"],
  ])("S3 by the gateway's host and port %j", (gateway, origin) => {
    expect(callbackUrlOf({ gateway }, path)).toBe(`${origin}${path.callbackPath}`);
  });
  it("S3 or by an address of one's own, which must be one", () => {
    const own = "https://gateway.example.com/oc/command";
    expect(callbackUrlOf({}, { ...path, callbackUrl: own })).toBe(own);
    expect(callbackUrlOf({}, { ...path, callbackUrl: "gateway" })).toBeUndefined();
    expect(callbackUrlOf({}, { ...path, callbackUrl: "ftp://gateway" })).toBeUndefined();
    expect(callbackPathsOf({ ...path, callbackUrl: own })).toEqual([path.callbackPath, "/oc/command"]);
    expect(callbackPathsOf({ ...path, callbackUrl: "https://gateway.example.com" })).toEqual([path.callbackPath]);
  });
  it("S3 S16 an address of this machine is out of reach for a server elsewhere", () => {
    expect(isOutOfReach("http://localhost:18789/x", "https://chat.example.com")).toBe(true);
    expect(isOutOfReach("http://localhost:18789/x", "http://127.0.0.1:8065")).toBe(false);
    expect(isOutOfReach("https://gateway.example.com/x", "https://chat.example.com")).toBe(false);
  });
});
