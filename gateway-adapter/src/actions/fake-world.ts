import { MattermostError } from "../errors.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import { fakeLookup } from "../mattermost/fake-lookup.ts";
import type { PostRow } from "../mattermost/rows.ts";
import type { ActionContext } from "./context.ts";
import { createRights, type Asker } from "./rights.ts";

/** An id as Mattermost makes them, that can be read in a test. */
export const fakeId = (name: string): string => name.replace(/[^a-z0-9]/g, "").padEnd(26, "0");
export const BOT = fakeId("openclaw");

export interface World {
  /** Channel name to who is in it; of the team `acme`, but for names that begin with `dm`. */
  channels: Record<string, string[]>;
  posts: { id: string; channel: string; author: string; root?: string; text?: string }[];
  guests?: string[];
  /** Who is in the team; default: everybody. */
  team?: string[];
}

/** For tests: a small Mattermost that keeps to its own rules for what the bot may see, and notes what was changed. */
export function fakeWorld(world: World, asker: Asker, here: { channel?: string; post?: string } = {}) {
  const changes: string[] = [];
  const people = [
    ...new Set(["openclaw", ...Object.values(world.channels).flat(), ...world.posts.map((p) => p.author)]),
  ];
  const names = Object.keys(world.channels);
  const missing = async (): Promise<never> => Promise.reject(new MattermostError("http", "no", { status: 404 }));
  const note = async (what: string): Promise<void> => void changes.push(what);
  const botIn = (name: string): boolean => (world.channels[name] ?? []).includes("openclaw");
  const channelOf = (id: string) => names.find((name) => fakeId(name) === id && botIn(name));
  const personOf = (id: string) => people.find((name) => fakeId(name) === id);
  const row = (post: World["posts"][number], i: number): PostRow => ({
    id: fakeId(post.id),
    user_id: fakeId(post.author),
    channel_id: fakeId(post.channel),
    root_id: post.root ? fakeId(post.root) : "",
    original_id: "",
    message: post.text ?? post.id,
    type: "",
    create_at: 1_000 + i,
    edit_at: 0,
    delete_at: 0,
    is_pinned: post.id.startsWith("pinned"),
  });
  const rows = world.posts.map(row).reverse();
  const seen = rows.filter((post) => channelOf(post.channel_id) !== undefined);
  const person = (name: string) => ({
    id: fakeId(name),
    username: name,
    nickname: "",
    first_name: "",
    last_name: "",
    roles: world.guests?.includes(name) ? "system_guest" : "system_user",
    is_bot: name === "openclaw",
    delete_at: 0,
    position: "",
  });
  const channel = (name: string) => ({
    id: fakeId(name),
    type: name.startsWith("dm") ? ("D" as const) : ("O" as const),
    name,
    display_name: name,
    team_id: name.startsWith("dm") ? "" : "acme",
    last_post_at: 0,
    header: "",
    purpose: "",
    create_at: 0,
    delete_at: 0,
  });
  const inTeam = world.team ?? people;

  const client: Partial<MattermostClient> = {
    ...fakeLookup({ teams: ["acme"], channels: [], users: [] }),
    user: async (id) => (personOf(id) ? person(personOf(id) ?? "") : missing()),
    userByName: async (name) => (people.includes(name) ? person(name) : missing()),
    channel: async (id) => (channelOf(id) ? channel(channelOf(id) ?? "") : missing()),
    channelByName: async (_, name) => (botIn(name) ? channel(name) : missing()),
    channelInfo: async (id) => (channelOf(id) ? channel(channelOf(id) ?? "") : missing()),
    myChannels: async () => names.filter(botIn).map(channel),
    memberCount: async (id) => world.channels[channelOf(id) ?? ""]?.length ?? 0,
    person: async (id) => (personOf(id) ? person(personOf(id) ?? "") : missing()),
    people: async (ids) => people.filter((name) => ids.includes(fakeId(name))).map(person),
    member: async (channelId, userId) => {
      const members = world.channels[channelOf(channelId) ?? ""] ?? [];
      if (!members.some((name) => fakeId(name) === userId)) return missing();
      return { user_id: userId, roles: "channel_user", scheme_admin: false };
    },
    teamMember: async (_, userId) =>
      inTeam.some((name) => fakeId(name) === userId) ? { user_id: userId, delete_at: 0 } : missing(),
    post: async (id) => seen.find((post) => post.id === id) ?? missing(),
    posts: async (channelId, { limit, before, after }) => {
      const all = seen.filter((post) => post.channel_id === channelId);
      const at = all.findIndex((post) => post.id === (before ?? after));
      const part = before ? all.slice(at + 1) : after ? all.slice(0, at).slice(-limit) : all;
      return part.slice(0, limit);
    },
    thread: async (rootId) => seen.filter((post) => post.id === rootId || post.root_id === rootId),
    pinned: async (channelId) => seen.filter((post) => post.channel_id === channelId && post.is_pinned),
    searchPosts: async (_, terms) => seen.filter((post) => post.message.includes(terms.split(" ")[0] ?? "")),
    editPost: async (id, message) => {
      await note(`edit ${id} ${message}`);
      return { ...(seen.find((post) => post.id === id) ?? (await missing())), message };
    },
    deletePost: (id) => note(`delete ${id}`),
    pinPost: (id) => note(`pin ${id}`),
    unpinPost: (id) => note(`unpin ${id}`),
    react: (userId, postId, emoji) => note(`react ${userId} ${postId} ${emoji}`),
    unreact: (userId, postId, emoji) => note(`unreact ${userId} ${postId} ${emoji}`),
    reactions: async (postId) =>
      ["eyes", "tada"].map((emoji_name, i) => ({
        post_id: postId,
        user_id: i === 0 ? BOT : fakeId("anna"),
        emoji_name,
        create_at: 0,
        update_at: 0,
      })),
  };
  const whole = client as MattermostClient;
  const context: ActionContext = {
    client: whole,
    rights: createRights(whole, asker),
    botId: async () => BOT,
    directChannel: async (userId) => fakeId(`dm${personOf(userId) ?? ""}`),
    here: {
      ...(here.channel ? { channelId: fakeId(here.channel) } : {}),
      ...(here.post ? { postId: fakeId(here.post) } : {}),
    },
  };
  return { context, changes };
}
