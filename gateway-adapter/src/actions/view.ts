import { displayNameOf, type ChannelInfo, type Person } from "../mattermost/people.ts";
import type { PostRow } from "../mattermost/rows.ts";
import type { MattermostClient } from "../mattermost/client.ts";

/** Posts as the agent and OpenClaw's command line read them: with names, and times that both understand. */
export async function viewPosts(client: Pick<MattermostClient, "people">, posts: readonly PostRow[]) {
  const ids = [...new Set(posts.map((post) => post.user_id))];
  const people = ids.length > 0 ? await client.people(ids) : [];
  const names = new Map(people.map((person) => [person.id, person.username]));
  return posts.map((post) => viewPost(post, names.get(post.user_id) ?? ""));
}
export type PostView = ReturnType<typeof viewPost>;

function viewPost(post: PostRow, username: string) {
  const files = post.metadata?.files ?? [];
  const reactions = countReactions(post);
  return {
    id: post.id,
    channelId: post.channel_id,
    ...(post.root_id ? { threadId: post.root_id } : {}),
    author: { id: post.user_id, username },
    text: post.message,
    timestamp: timeOf(post.create_at),
    timestampMs: post.create_at,
    timestampUtc: timeOf(post.create_at),
    ...(post.edit_at > 0 ? { editedUtc: timeOf(post.edit_at) } : {}),
    ...(post.is_pinned ? { pinned: true } : {}),
    ...(post.type.startsWith("system_") ? { type: post.type } : {}),
    ...(files.length > 0 ? { files: files.map(({ id, name, size }) => ({ id, name, size })) } : {}),
    ...(Object.keys(reactions).length > 0 ? { reactions } : {}),
  };
}

function countReactions(post: PostRow): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { emoji_name: name } of post.metadata?.reactions ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** A time that is none, as only a broken server sends, is left empty. */
function timeOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

/** No e-mail address, and nothing else that Mattermost does not show to everybody. */
export const viewPerson = (person: Person) => ({
  id: person.id,
  username: person.username,
  name: displayNameOf(person),
  ...(person.position ? { position: person.position } : {}),
  bot: person.is_bot,
  guest: person.roles.split(" ").includes("system_guest"),
  ...(person.delete_at > 0 ? { deactivated: true } : {}),
});

const TYPES = { O: "public", P: "private", D: "direct", G: "group" } as const;

export const viewChannel = (channel: ChannelInfo, team: string | undefined) => ({
  id: channel.id,
  type: TYPES[channel.type],
  name: channel.name,
  displayName: channel.display_name,
  ...(team ? { team } : {}),
  ...(channel.header ? { header: channel.header } : {}),
  ...(channel.purpose ? { purpose: channel.purpose } : {}),
  ...(channel.delete_at > 0 ? { archived: true } : {}),
});
