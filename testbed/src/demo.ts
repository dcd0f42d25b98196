/**
 * `make demo`: the whole product on this machine. Starts everything, shows a conversation, and stays up until Ctrl-C.
 * ONCE=1 ends after the conversation; CLIENT=<folder> serves that web client in place of the test bed's page; KEEP=1 keeps the files; with a
 * provider's key in the environment (OPENAI_API_KEY, ANTHROPIC_API_KEY, …) the agent uses that provider's model.
 */
import { resolve } from "node:path";
import { buildClient } from "./client.ts";
import { realModel } from "./demo-model.ts";
import { talk } from "./demo-talk.ts";
import { afterwards } from "./demo-words.ts";
import { builtAdapter } from "./paths.ts";
import { createProgress } from "./progress.ts";
import { Stack } from "./stack.ts";

const USER = "alice";

const print = (line: string): void => {
  console.log(line);
};
const begun = performance.now();
const seconds = (): string => ((performance.now() - begun) / 1000).toFixed(1);
const { ONCE, CLIENT } = process.env;
const model = realModel(process.env);
print(model?.kind === "provider" ? `model: ${model.name}` : "model: a stub that echoes (no provider key is set)");

const stack = await Stack.start({
  users: [USER],
  progress: createProgress(print),
  ...(model ? { model } : {}),
  client: CLIENT ? resolve(CLIENT) : await buildClient(),
});
let firstAnswer = "never";
const exchanges = await talk({
  stack,
  user: stack.user(USER),
  echoes: !model,
  print,
  onFirstAnswer: () => {
    firstAnswer = `${seconds()} s`;
  },
});
const failed = exchanges.filter((exchange) => !exchange.passed).length;
process.exitCode = failed > 0 ? 1 : 0;
print("");
print(`first answer after ${firstAnswer}`);
const place = {
  url: stack.mattermost.url,
  username: USER,
  botToken: stack.bot.token,
  adapter: builtAdapter(),
  hasOwnClient: Boolean(CLIENT),
  logs: stack.run.folder,
};
for (const line of afterwards(place)) print(line);
if (ONCE !== "1") {
  print("Ctrl-C ends it.");
  // Before this line, Ctrl-C ends this process at once, and the keeper of the run cleans up after it.
  await new Promise<void>((end) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        end();
      });
    }
  });
  print("");
}
await stack[Symbol.asyncDispose]();
print(`${exchanges.length - failed} passed, ${failed} failed`);
