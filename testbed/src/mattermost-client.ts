import { login, type MattermostRest, mattermostRest } from "./mattermost-rest.ts";
import type { Channel, FileInfo, Post, PostList, Reaction, Team, User } from "./mattermost-types.ts";

/** More than any test writes into one channel. */
const PAGE_SIZE = 200;

/** One user (or bot) of a Mattermost server, doing what people do there. */
export class MattermostClient {
  readonly me: User;
  readonly rest: MattermostRest;

  private constructor(rest: MattermostRest, me: User) {
    this.rest = rest;
    this.me = me;
  }

  static async login(url: string, username: string, password: string): Promise<MattermostClient> {
    return MattermostClient.#open(await login(url, username, password));
  }

  /** With a token that exists already, such as a bot's. */
  static async withToken(url: string, token: string): Promise<MattermostClient> {
    return MattermostClient.#open(mattermostRest(url, token));
  }

  static async #open(rest: MattermostRest): Promise<MattermostClient> {
    return new MattermostClient(rest, await rest.call<User>("GET", "/api/v4/users/me"));
  }

  get url(): string {
    return this.rest.url;
  }

  get token(): string {
    return this.rest.token;
  }

  // Users, teams, channels

  user(username: string): Promise<User> {
    return this.rest.call("GET", `/api/v4/users/username/${username}`);
  }

  createTeam(name: string): Promise<Team> {
    return this.rest.call("POST", "/api/v4/teams", { name, display_name: name, type: "O" });
  }

  async addToTeam(teamId: string, userId: string): Promise<void> {
    await this.rest.call("POST", `/api/v4/teams/${teamId}/members`, { team_id: teamId, user_id: userId });
  }

  createChannel(teamId: string, name: string, type: "O" | "P" = "O"): Promise<Channel> {
    return this.rest.call("POST", "/api/v4/channels", { team_id: teamId, name, display_name: name, type });
  }

  channel(teamId: string, name: string): Promise<Channel> {
    return this.rest.call("GET", `/api/v4/teams/${teamId}/channels/name/${name}`);
  }

  async addToChannel(channelId: string, userId: string): Promise<void> {
    await this.rest.call("POST", `/api/v4/channels/${channelId}/members`, { user_id: userId });
  }

  async removeFromChannel(channelId: string, userId: string): Promise<void> {
    await this.rest.call("DELETE", `/api/v4/channels/${channelId}/members/${userId}`);
  }

  /** The direct channel with another user. */
  direct(userId: string): Promise<Channel> {
    return this.rest.call("POST", "/api/v4/channels/direct", [this.me.id, userId]);
  }

  /** A group message of this user and others. */
  group(...userIds: string[]): Promise<Channel> {
    return this.rest.call("POST", "/api/v4/channels/group", [this.me.id, ...userIds]);
  }

  // Posts

  post(channelId: string, message: string, more: Partial<Post> = {}): Promise<Post> {
    return this.rest.call("POST", "/api/v4/posts", { channel_id: channelId, message, ...more });
  }

  /** An answer in the thread of `post`, whether that is its root or itself an answer. */
  reply(post: Post, message: string, more: Partial<Post> = {}): Promise<Post> {
    return this.post(post.channel_id, message, { ...more, root_id: post.root_id || post.id });
  }

  edit(postId: string, message: string): Promise<Post> {
    return this.rest.call("PUT", `/api/v4/posts/${postId}/patch`, { message });
  }

  async delete(postId: string): Promise<void> {
    await this.rest.call("DELETE", `/api/v4/posts/${postId}`);
  }

  getPost(postId: string): Promise<Post> {
    return this.rest.call("GET", `/api/v4/posts/${postId}`);
  }

  /** The posts of a channel, oldest first; without deleted ones. */
  async getPosts(channelId: string): Promise<Post[]> {
    const posts: Post[] = [];
    for (let page = 0; ; page++) {
      const query = `page=${page}&per_page=${PAGE_SIZE}`;
      const list = await this.rest.call<PostList>("GET", `/api/v4/channels/${channelId}/posts?${query}`);
      posts.push(...inOrder(list));
      if (list.order.length < PAGE_SIZE) break;
    }
    return posts.sort(byAge);
  }

  /** The posts of a thread, oldest (the root) first. */
  async getThread(rootId: string): Promise<Post[]> {
    return inOrder(await this.rest.call<PostList>("GET", `/api/v4/posts/${rootId}/thread`)).sort(byAge);
  }

  react(postId: string, emoji: string): Promise<Reaction> {
    return this.rest.call("POST", "/api/v4/reactions", { user_id: this.me.id, post_id: postId, emoji_name: emoji });
  }

  async unreact(postId: string, emoji: string): Promise<void> {
    await this.rest.call("DELETE", `/api/v4/users/${this.me.id}/posts/${postId}/reactions/${emoji}`);
  }

  async reactions(postId: string): Promise<readonly Reaction[]> {
    return (await this.rest.call<Reaction[] | null>("GET", `/api/v4/posts/${postId}/reactions`)) ?? [];
  }

  // What people click and type

  /** Runs a slash command as if typed. */
  command(channelId: string, command: string, rootId = ""): Promise<{ text?: string; response_type?: string }> {
    return this.rest.call("POST", "/api/v4/commands/execute", { channel_id: channelId, command, root_id: rootId });
  }

  /** Clicks a button of a post. */
  click(postId: string, actionId: string): Promise<{ status: string; trigger_id: string }> {
    return this.rest.call("POST", `/api/v4/posts/${postId}/actions/${actionId}`, {});
  }

  async upload(channelId: string, name: string, content: Uint8Array): Promise<FileInfo> {
    const form = new FormData();
    form.append("channel_id", channelId);
    form.append("files", new Blob([new Uint8Array(content)]), name);
    const answer = await this.rest.call<{ file_infos: FileInfo[] }>("POST", "/api/v4/files", form);
    const [file] = answer.file_infos;
    if (!file) throw new Error("Mattermost took the file and named none");
    return file;
  }

  /** A call of a plugin's route, with this user's session. */
  plugin<T>(pluginId: string, method: string, path: string, body?: object): Promise<T> {
    return this.rest.call(method, `/plugins/${pluginId}${path}`, body);
  }
}

function inOrder(list: PostList): Post[] {
  return list.order.flatMap((id) => list.posts[id] ?? []);
}

function byAge(a: Post, b: Post): number {
  return a.create_at - b.create_at || (a.id < b.id ? -1 : 1);
}
