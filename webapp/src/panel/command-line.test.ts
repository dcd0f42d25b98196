import { describe, expect, it } from "@jest/globals";
import type { CommandSpec } from "@openclaw-mattermost/contract";
import { commandLine, search, whatIsMissing } from "./command-line.ts";

const arg = (name: string, more: Partial<CommandSpec["args"][number]> = {}) => ({
  name,
  description: "",
  required: false,
  rest: false,
  choices: [],
  ...more,
});
const spec = (name: string, args: CommandSpec["args"] = [], more: Partial<CommandSpec> = {}): CommandSpec => ({
  name,
  kind: "command",
  description: "",
  changes: true,
  args,
  ...more,
});

describe("C2 forms instead of remembered syntax", () => {
  const queue = spec("queue", [arg("mode", { required: true }), arg("debounce"), arg("note", { rest: true })]);

  it("C2 types the arguments in their order", () => {
    expect(commandLine(queue, { debounce: "2s", mode: " steer " })).toBe("/oc_queue steer 2s");
    expect(commandLine(spec("status"), {})).toBe("/oc_status");
  });

  it("C2 says which argument is missing, of several words, or stands after one that was left out", () => {
    expect(whatIsMissing(queue, {})).toEqual({ arg: "mode", reason: "required" });
    expect(whatIsMissing(queue, { mode: "two words" })).toEqual({ arg: "mode", reason: "oneWord" });
    expect(whatIsMissing(queue, { mode: "steer", note: "all the rest" })).toEqual({
      arg: "debounce",
      reason: "before",
    });
    expect(whatIsMissing(queue, { mode: "steer", debounce: "2s", note: "all the rest" })).toBeUndefined();
  });
});

describe("C2 the palette's search", () => {
  const commands = [
    spec("notes", [], { kind: "skill", description: "Writes notes of a model" }),
    spec("models", [], { description: "List models" }),
    spec("model"),
  ];
  const found = (typed: string) => search(commands, typed).map(({ name }) => name);

  it("C2 finds by name and description, names that begin with it first, and with the prefix that people type", () => {
    expect(found("model")).toEqual(["models", "model", "notes"]);
    expect(found("/oc_mod")).toEqual(["models", "model", "notes"]);
    expect(found("list models")).toEqual(["models"]);
    expect(found("nothing of that")).toEqual([]);
  });

  it("C2 lists commands before skills where nothing was typed", () => {
    expect(found("")).toEqual(["models", "model", "notes"]);
  });
});
