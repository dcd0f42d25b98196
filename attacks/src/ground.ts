import { readFileSync } from "node:fs";
import { type Channel, MattermostClient, PASSWORD, Stack } from "@openclaw-mattermost/testbed";
import { type Signer, takeKey } from "./gateway.ts";
import type { Outcome } from "./table.ts";

/** What is said or kept in secret, and must be found nowhere that others read. */
export const CANARY = "canary-7f3a9c1e";

/** Where attacks are made: one stack, an honest user, and everybody else. */
export interface Ground {
  readonly stack: Stack;
  readonly long: boolean;
  readonly alice: MattermostClient;
  readonly mallory: MattermostClient;
  readonly guest: MattermostClient;
  /** A bot that is not linked. */
  readonly stranger: MattermostClient;
  /** The honest user, the bad one and the bot are in it. */
  readonly town: Channel;
  /** The plugin's key, as long as it is not revoked. */
  signer: Signer;
}

export interface Attack {
  readonly attacker: string;
  readonly defence: string;
  readonly run: (ground: Ground) => Promise<Outcome>;
}

export async function openGround(long: boolean): Promise<Ground & AsyncDisposable> {
  const stack = await Stack.start({
    users: ["alice", "mallory", "guest"],
    channel: {
      groupPolicy: "allowlist",
      dmPolicy: "allowlist",
      chatmode: "onmessage",
      groupAllowFrom: [],
      allowFrom: [],
    },
  });
  try {
    const [alice, mallory, guest] = ["alice", "mallory", "guest"].map((name) => stack.user(name)) as [
      MattermostClient,
      MattermostClient,
      MattermostClient,
    ];
    const allowed = [alice.me.id];
    const rules = { dmPolicy: "allowlist", allowFrom: allowed, groupPolicy: "allowlist", groupAllowFrom: allowed };
    stack.gateway.patchConfig({ channels: { mattermost: rules } });
    await stack.until("the rules in use", () =>
      readFileSync(stack.gateway.logFile, "utf8").includes("hot reload applied"),
    );
    const bot = await stack.admin.createBot("stranger");
    const stranger = await MattermostClient.withToken(stack.mattermost.url, await stack.admin.createToken(bot.user_id));
    const town = await stack.channelWith("town", [alice, mallory]);
    const hello = await alice.post(town.id, "the honest one asks first");
    await stack.answerTo(alice, hello, "asks first");
    const signer = await takeKey(stack);
    return {
      ...{ stack, long, alice, mallory, guest, stranger, town, signer },
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

/** Logs in as a browser does and gives its cookies. */
export async function cookiesOf(url: string, username: string): Promise<string> {
  const answer = await fetch(`${url}/api/v4/users/login`, {
    method: "POST",
    body: JSON.stringify({ login_id: username, password: PASSWORD }),
  });
  await answer.arrayBuffer();
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}
