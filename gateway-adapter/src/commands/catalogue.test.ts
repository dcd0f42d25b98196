import { describe, expect, it } from "@jest/globals";
import { COMMANDS_MAX } from "@openclaw-mattermost/contract";
import { catalogueOf, type CommandSource, type NativeSpec } from "./catalogue.ts";

const spec = (name: string, args: NativeSpec["args"] = []): NativeSpec => ({ name, description: `Does ${name}`, args });
const arg = (name: string, ...values: string[]): NativeSpec["args"][number] => ({
  name,
  description: "",
  required: false,
  rest: false,
  choices: values.map((value) => ({ value, label: value })),
});
const source = (over: Partial<CommandSource> = {}): CommandSource => ({
  native: () => [
    spec("restart"),
    spec("think", [arg("level", "low", "high")]),
    spec("model", [arg("model")]),
    spec("status"),
  ],
  skills: () => [{ name: "weather", description: "Tells the weather" }],
  models: () => Promise.resolve(["stub/echo-1", "stub/echo-2"]),
  ...over,
});

describe("C2 the catalogue", () => {
  it("C2 offers OpenClaw's everyday commands and every skill, and nothing that restarts or runs", async () => {
    const catalogue = await catalogueOf(source(), {});
    expect(catalogue.map(({ name, kind, changes }) => [name, kind, changes])).toEqual([
      ["status", "command", false],
      ["model", "command", true],
      ["think", "command", true],
      ["weather", "skill", true],
    ]);
  });
  it("C2 lists models and levels as they are now", async () => {
    const catalogue = await catalogueOf(source(), {});
    const choices = (name: string): string[] | undefined =>
      catalogue.find((each) => each.name === name)?.args[0]?.choices.map(({ value }) => value);
    expect(choices("model")).toEqual(["stub/echo-1", "stub/echo-2"]);
    expect(choices("think")).toEqual(["low", "high"]);
  });
  it("C2 a skill never takes the place of a command, and its name is one that Mattermost takes", async () => {
    const skills = (): { name: string; description: string }[] =>
      ["stop", "Status", "My Skill", "my_skill", "", "ü"].map((name) => ({ name, description: "" }));
    const catalogue = await catalogueOf(source({ skills }), {});
    expect(catalogue.filter(({ kind }) => kind === "skill").map(({ name }) => name)).toEqual(["my_skill"]);
  });
  it("S3 an explicit false in the config takes commands or skills away", async () => {
    const names = async (switches: Parameters<typeof catalogueOf>[1]): Promise<string[]> =>
      (await catalogueOf(source(), switches)).map(({ name }) => name);
    expect(await names({ native: false })).toEqual(["weather"]);
    expect(await names({ native: "auto", nativeSkills: false })).toEqual(["status", "model", "think"]);
  });
  it("C2 keeps within what the plugin takes", async () => {
    const many = Array.from({ length: 300 }, (_, i) => `m${String(i)}`);
    const catalogue = await catalogueOf(
      source({
        skills: () => many.map((name) => ({ name, description: "d".repeat(500) })),
        models: () => Promise.resolve([...many, "x".repeat(500)]),
      }),
      {},
    );
    expect(catalogue).toHaveLength(COMMANDS_MAX);
    expect(catalogue.find(({ name }) => name === "model")?.args[0]?.choices).toHaveLength(100);
    expect(catalogue.at(-1)?.description).toHaveLength(200);
  });
});
