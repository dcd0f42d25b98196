import { describe, expect, it } from "@jest/globals";
import type { CommandSpec } from "@openclaw-mattermost/contract";
import type { SlashCommand, SlashCommandCalls } from "../../mattermost/slash-commands.ts";
import { carryOut, planOf, wishOf } from "./registration.ts";

const URL_NOW = "https://gateway.example.com/api/channels/mattermost/command";
const spec = (name: string): CommandSpec => ({
  name,
  kind: "command",
  description: `Does ${name}`,
  changes: true,
  args: [
    { name: "level", description: "", required: true, rest: false, choices: [] },
    { name: "rest", description: "", required: false, rest: true, choices: [] },
  ],
});
const wish = (name: string) => wishOf(spec(name), "team", URL_NOW);
const stored = (name: string, more: Partial<SlashCommand> = {}): SlashCommand => ({
  ...wish(name),
  id: `id-${name}`,
  token: `token-${name}`,
  creator_id: "bot",
  delete_at: 0,
  ...more,
});

describe("S3 registering by REST", () => {
  it("S3 a command is made of what the gateway says of it", () => {
    expect(wish("think")).toEqual({
      team_id: "team",
      trigger: "oc_think",
      method: "P",
      url: URL_NOW,
      auto_complete: true,
      auto_complete_hint: "<level> [rest]",
      auto_complete_desc: "Does think",
    });
  });

  it("S3 what is missing is made, what drifted is changed, what is well is kept, what is ours and unwanted goes", () => {
    const plan = planOf(
      [stored("status"), stored("think", { url: "http://old" }), stored("weather"), stored("gone", { delete_at: 5 })],
      [wish("status"), wish("think"), wish("new")],
      "bot",
    );
    expect(plan.keep.map(({ id }) => id)).toEqual(["id-status"]);
    expect(plan.change).toEqual([{ ...stored("think"), url: URL_NOW }]);
    expect(plan.make).toEqual([wish("new")]);
    expect(plan.remove.map(({ id }) => id)).toEqual(["id-weather"]);
    expect(plan.taken).toEqual([]);
  });

  it("S3 others' commands are never touched, whatever they are called", () => {
    const others = [
      stored("status", { creator_id: "someone" }),
      stored("x", { creator_id: "someone", trigger: "deploy" }),
    ];
    const own = stored("y", { trigger: "poll" });
    const plan = planOf([...others, own], [wish("status")], "bot");
    expect(plan).toEqual({ make: [], change: [], keep: [], remove: [], taken: ["oc_status"] });
  });

  it("S3 a plan is carried out, and says what is registered, with the tokens", async () => {
    const said: string[] = [];
    const calls = {
      makeSlashCommand: (each) => {
        said.push(`make ${each.trigger}`);
        return Promise.resolve(stored("new"));
      },
      changeSlashCommand: (each) => {
        said.push(`change ${each.trigger}`);
        return Promise.resolve({ ...each, token: "" });
      },
      removeSlashCommand: (id) => {
        said.push(`remove ${id}`);
        return Promise.resolve(undefined);
      },
    } as SlashCommandCalls;
    const plan = planOf(
      [stored("think", { url: "http://old" }), stored("weather")],
      [wish("think"), wish("new")],
      "bot",
    );
    const registered = await carryOut(calls, plan);
    expect(said).toEqual(["remove id-weather", "change oc_think", "make oc_new"]);
    expect(registered.map(({ token }) => token)).toEqual(["token-think", "token-new"]);
  });
});
