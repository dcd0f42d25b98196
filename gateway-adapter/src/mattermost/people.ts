import { z } from "zod";
import { at, type Call } from "./call.ts";
import { channelRowSchema, userRowSchema } from "./rows.ts";

export const channelInfoSchema = channelRowSchema.extend({
  header: z.string().default(""),
  purpose: z.string().default(""),
  create_at: z.number().default(0),
  delete_at: z.number().default(0),
});
export type ChannelInfo = z.infer<typeof channelInfoSchema>;

export const personSchema = userRowSchema.extend({ position: z.string().default("") });
export type Person = z.infer<typeof personSchema>;

/** What people call somebody. */
export const displayNameOf = (person: Pick<Person, "nickname" | "first_name" | "last_name" | "username">): string =>
  person.nickname || `${person.first_name} ${person.last_name}`.trim() || person.username;

const memberSchema = z.object({
  user_id: z.string(),
  roles: z.string().default(""),
  scheme_admin: z.boolean().nullish(),
});
const teamMemberSchema = z.object({ user_id: z.string(), delete_at: z.number().default(0) });
const personList = z.array(personSchema).nullable();
const memberList = z.array(memberSchema).nullable();

const PATIENT = { patient: true } as const;

/** Who and where: people, channels, and who is in them. A refusal of 403 or 404 is what the bot may not see. */
export const peopleCalls = (call: Call) => ({
  person: (id: string) => call("GET", at`/api/v4/users/${id}`, personSchema, PATIENT),
  people: async (ids: readonly string[]) =>
    (await call("POST", "/api/v4/users/ids", personList, { body: ids, ...PATIENT })) ?? [],
  /** People whose name fits, or all, up to `limit`. Deactivated ones are left out. */
  searchPeople: async (term: string, limit: number) =>
    (term
      ? await call("POST", "/api/v4/users/search", personList, { body: { term, limit }, ...PATIENT })
      : await call("GET", at`/api/v4/users?active=true&per_page=${limit}`, personList, PATIENT)) ?? [],
  channelInfo: (id: string) => call("GET", at`/api/v4/channels/${id}`, channelInfoSchema, PATIENT),
  memberCount: async (channelId: string) =>
    (await call("GET", at`/api/v4/channels/${channelId}/stats`, z.object({ member_count: z.number() }), PATIENT))
      .member_count,
  /** Every channel that the bot is in, direct ones too, of all teams. */
  myChannels: async () =>
    (await call("GET", "/api/v4/users/me/channels", z.array(channelInfoSchema).nullable(), PATIENT)) ?? [],
  member: (channelId: string, userId: string) =>
    call("GET", at`/api/v4/channels/${channelId}/members/${userId}`, memberSchema, PATIENT),
  members: async (channelId: string, limit: number) =>
    (await call("GET", at`/api/v4/channels/${channelId}/members?per_page=${limit}`, memberList, PATIENT)) ?? [],
  teamMember: (teamId: string, userId: string) =>
    call("GET", at`/api/v4/teams/${teamId}/members/${userId}`, teamMemberSchema, PATIENT),
});
