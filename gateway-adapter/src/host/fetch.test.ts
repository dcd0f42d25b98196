import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { problemOfFailure } from "../receive/hello.ts";
import { createHttp } from "./fetch.ts";

let server: Server;
let url: string;
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer((req, res) => {
    asked.push(`${req.url ?? ""} ${req.headers.authorization ?? ""}`);
    if (req.url === "/away") res.writeHead(302, { Location: "http://169.254.169.254/latest/meta-data" }).end();
    else if (req.url === "/home") res.writeHead(301, { Location: "/elsewhere" }).end();
    else if (req.url === "/long") res.end("x".repeat(2_000));
    else res.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const call = (allowPrivate: boolean, target: string, method: "GET" | "POST" = "GET") =>
  createHttp(allowPrivate)({
    url: target,
    method,
    headers: { authorization: "Bearer secret" },
    timeoutMs: 2_000,
    maxBytes: 1_000,
    ...(method === "POST" ? { body: "{}" } : {}),
  });
const failure = async (work: Promise<unknown>): Promise<MattermostError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MattermostError)) throw new Error("it did not fail as it should");
  expect(`${error.message} ${String(error.cause)}`).not.toContain("secret");
  return error;
};

describe("L7 requests go through OpenClaw's guard", () => {
  it.each(["http://127.0.0.1:1", "http://localhost:1", "http://10.0.0.5", "http://[::1]:1", "http://192.168.1.2:8065"])(
    "L7 %s is refused, and the refusal names the setting",
    async (address) => {
      const error = await failure(call(false, address));
      expect(error.code).toBe("address_refused");
      const { code, message, fix } = problemOfFailure(error);
      expect(code).toBe("network.private");
      expect(message).toContain("network.dangerouslyAllowPrivateNetwork");
      expect(fix).toContain("channels.mattermost.network.dangerouslyAllowPrivateNetwork");
    },
  );
  it("L7 is allowed by the setting", async () => {
    expect((await call(true, url)).status).toBe(200);
    expect((await failure(call(false, url))).code).toBe("address_refused");
    expect(asked).toHaveLength(1);
  });
  it.each(["/away", "/home"])("L7 S16 a redirect (%s) is not followed with the token, and is named", async (path) => {
    for (const method of ["GET", "POST"] as const) {
      const error = await failure(call(true, `${url}${path}`, method));
      expect([error.code, problemOfFailure(error).code]).toEqual(["redirected", "server.redirects"]);
    }
    expect(asked.map((each) => each.split(" ")[0])).toEqual([path, path]);
  });
  it("S10 what is longer than expected is not read to its end, and who is not there is said so", async () => {
    expect((await failure(call(true, `${url}/long`))).code).toBe("malformed");
    expect((await failure(call(true, "http://127.0.0.1:9"))).code).toBe("network");
  });
});
