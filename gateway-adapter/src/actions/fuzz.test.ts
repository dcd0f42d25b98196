import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { listChannels, listMembers, listPeople, selfEntry } from "../directory/directory.ts";
import { MattermostError } from "../errors.ts";
import { createMattermostClient } from "../mattermost/client.ts";
import { anyAnswer, TOKEN } from "../mattermost/fake-answers.ts";
import { findChannel, findId, findUser } from "../mattermost/lookup.ts";
import { ActionError } from "./error.ts";
import { fakeId } from "./fake-world.ts";
import { actionsOf, perform } from "./perform.ts";
import { createRights, type Asker } from "./rights.ts";

const GATES = {
  reactions: true,
  messages: true,
  edits: true,
  pins: true,
  search: true,
  memberInfo: true,
  channelInfo: true,
};
const ASKERS: Asker[] = [{ kind: "operator" }, { kind: "person", id: "x".repeat(26) }];
const PARAMS = { messageId: "x".repeat(26), emoji: "eyes", message: "new", query: "words", userId: "@anna" };

describe("N12 a server that answers anything", () => {
  it("N12 S14 breaks no action, look-up or directory: each is done, or refused in words without the token", async () => {
    const task = fc.constantFrom(...actionsOf(GATES), "people", "channels", "members", "self", "channel", "user", "id");
    await fc.assert(
      fc.asyncProperty(
        task,
        fc.constantFrom(...ASKERS),
        fc.array(anyAnswer, { minLength: 1, maxLength: 8 }),
        async (name, asker, answers) => {
          let asked = 0;
          const client = createMattermostClient({
            baseUrl: "https://chat.example.com",
            botToken: TOKEN,
            sleep: async () => undefined,
            http: async () => answers[asked++ % answers.length]!,
          });
          const context = {
            client,
            rights: createRights(client, asker),
            botId: async () => "x".repeat(26),
            directChannel: async () => fakeId("dm"),
            here: { channelId: "x".repeat(26) },
          };
          const others: Record<string, () => Promise<unknown>> = {
            people: () => listPeople(client, { query: "a" }),
            channels: () => listChannels(client, {}),
            members: () => listMembers(client, "c"),
            self: () => selfEntry(client),
            channel: () => findChannel(client, { name: "town" }),
            user: () => findUser(client, "anna"),
            id: () => findId(client, "x".repeat(26)),
          };
          const other = others[name];
          const action = actionsOf(GATES).find((each) => each === name);
          const done = other ? other() : action ? perform(action, PARAMS, GATES, context) : undefined;
          const error = await Promise.resolve(done).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          if (error === undefined) return;
          expect(error instanceof ActionError || error instanceof MattermostError ? "told" : error).toBe("told");
          expect((error as Error).message).not.toContain(TOKEN);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
