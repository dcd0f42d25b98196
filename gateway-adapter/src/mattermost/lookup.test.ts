import { describe, expect, it } from "@jest/globals";
import { MattermostError } from "../errors.ts";
import { fakeLookup } from "./fake-lookup.ts";
import { findChannel, findId, findUser } from "./lookup.ts";

const world = fakeLookup({
  teams: ["acme", "lab"],
  channels: ["lab/town", "acme/both", "lab/both", "acme/secret:P", "acme/town-square"],
  users: ["anna", "gone:deactivated"],
});

describe("S14 names", () => {
  it("S14 a channel is found by its name in the bot's teams, private ones too, whatever the capitals", async () => {
    expect(await findChannel(world, { name: "town" })).toEqual({ id: "lab-town", name: "town", team: "lab" });
    expect((await findChannel(world, { name: "SECRET" })).id).toBe("acme-secret");
  });
  it("S14 a channel is found by the name that people see", async () => {
    expect((await findChannel(world, { name: "Town Square" })).id).toBe("acme-town-square");
  });
  it("S14 of equal names in several teams the choices are told, and the team decides", async () => {
    await expect(findChannel(world, { name: "both" })).rejects.toThrow("Say which one: #acme/both, #lab/both.");
    expect((await findChannel(world, { team: "lab", name: "both" })).id).toBe("lab-both");
  });
  it("S14 what is not there is said, with what may have been meant", async () => {
    await expect(findChannel(world, { name: "squar" })).rejects.toThrow("Did you mean #town-square?");
    await expect(findChannel(world, { name: "secre" })).rejects.not.toThrow("#secret");
    await expect(findChannel(world, { name: "nowhere" })).rejects.toThrow(
      "Is it a member of the channel and its team?",
    );
    await expect(findChannel(world, { team: "moon", name: "both" })).rejects.toThrow("Its teams: acme, lab.");
  });
  it("S14 a person is found by the username, unless deactivated", async () => {
    expect((await findUser(world, "Anna")).id).toBe("anna-id");
    await expect(findUser(world, "town")).rejects.toThrow(
      "Nobody on this server is called @town. For a channel write #town.",
    );
    await expect(findUser(world, "gone")).rejects.toThrow("@gone is deactivated.");
  });
  it("S9 a bare id is a person's first, then a channel's, and otherwise told", async () => {
    expect(await findId(world, "anna-id")).toEqual({ kind: "user", id: "anna-id" });
    expect(await findId(world, "lab-town")).toEqual({ kind: "channel", id: "lab-town" });
    await expect(findId(world, "nothing")).rejects.toThrow("neither a person nor a channel that the bot can see");
  });
  it("S14 a server that cannot be asked is not taken for one that does not know", async () => {
    const away = { ...world, user: async () => Promise.reject(new MattermostError("network", "away")) };
    await expect(findId(away, "anna-id")).rejects.toThrow("away");
  });
});
