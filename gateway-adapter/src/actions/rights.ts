import { unlessMissing } from "../mattermost/lookup.ts";
import type { Person } from "../mattermost/people.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import { ActionError } from "./error.ts";

/** On whose behalf an action is done. The operator of the gateway holds the bot's token: what the bot may, he may. */
export type Asker = { kind: "operator" } | { kind: "person"; id: string };

export type RightsClient = Pick<MattermostClient, "member" | "teams" | "teamMember" | "person">;

const GUEST = "system_guest";

/**
 * What one asker may see, asked from Mattermost with the bot's token and remembered for one action. What cannot be asked
 * is thrown, and what the bot itself may not see counts as no.
 */
export function createRights(client: RightsClient, asker: Asker) {
  const memberships = new Map<string, Promise<boolean>>();
  const ask = async (channelId: string, userId: string): Promise<boolean> =>
    (await unlessMissing(client.member(channelId, userId)))?.user_id === userId;

  function isIn(channelId: string): Promise<boolean> {
    if (asker.kind === "operator") return Promise.resolve(true);
    const known = memberships.get(channelId);
    if (known) return known;
    const asked = ask(channelId, asker.id);
    memberships.set(channelId, asked);
    return asked;
  }

  /** The bot's teams that the asker is in, too. */
  async function teams(): ReturnType<RightsClient["teams"]> {
    const all = await client.teams();
    if (asker.kind === "operator") return all;
    const shared = await Promise.all(all.map((team) => isInTeam(team.id, asker.id)));
    return all.filter((_, i) => shared[i]);
  }
  const isInTeam = async (teamId: string, userId: string): Promise<boolean> => {
    const found = await unlessMissing(client.teamMember(teamId, userId));
    return found?.user_id === userId && found.delete_at === 0;
  };

  /** People see each other in the teams that they share; guests only in channels. */
  async function sees(person: Pick<Person, "id">): Promise<boolean> {
    if (asker.kind === "operator" || asker.id === person.id) return true;
    const self = await unlessMissing(client.person(asker.id));
    if (!self || self.roles.split(" ").includes(GUEST)) return false;
    for (const team of await teams()) if (await isInTeam(team.id, person.id)) return true;
    return false;
  }

  return {
    asker,
    isIn,
    teams,
    sees,
    isMember: ask,
    async requireIn(channelId: string): Promise<void> {
      if (!(await isIn(channelId)))
        throw new ActionError(
          "not_allowed",
          "The person who asks is not in that channel, or the bot is not, so nothing is done there.",
        );
    },
    async requireSees(person: Pick<Person, "id">): Promise<void> {
      if (!(await sees(person)))
        throw new ActionError(
          "not_allowed",
          "The person who asks shares no team with that person, so nothing is done.",
        );
    },
  };
}
export type Rights = ReturnType<typeof createRights>;
