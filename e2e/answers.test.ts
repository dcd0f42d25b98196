import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Channel, type FileInfo, type MattermostClient, type Post, Stack } from "@openclaw-mattermost/testbed";

const MIB = 1024 * 1024;

let stack: Stack;
let alice: MattermostClient;
let town: Channel;
let workspace: string;

beforeAll(async () => {
  stack = await Stack.start({
    users: ["alice"],
    channel: { dmPolicy: "open", allowFrom: ["*"], groupPolicy: "open" },
  });
  alice = stack.user("alice");
  town = await stack.channelWith("town", [alice]);
  workspace = join(stack.gateway.home.folder, "workspace");
  await mkdir(workspace, { recursive: true });
}, 180_000);

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

const infosOf = (postId: string): Promise<FileInfo[]> =>
  alice.rest.call<FileInfo[]>("GET", `/api/v4/posts/${postId}/files/info`);

async function botPosts(root: Post): Promise<Post[]> {
  return (await alice.getThread(root.id)).filter((post) => post.user_id === stack.bot.id);
}

describe("answers on real parts", () => {
  it("N11 the files of a post reach the agent, and one that is too large is named", async () => {
    const note = await alice.upload(town.id, "note.txt", Buffer.from("the first file"));
    const data = await alice.upload(town.id, "data.bin", Buffer.from([1, 2, 3, 0, 255]));
    const large = await alice.upload(town.id, "large.bin", Buffer.alloc(9 * MIB));
    const question = await alice.post(town.id, "@openclaw what is in these files", {
      file_ids: [note.id, data.id, large.id],
    });
    await stack.answerTo(alice, question, "what is in these files");
    const { messages } = await stack.model.seen("what is in these files");
    const told = JSON.stringify(messages);
    expect(told).toContain("The file large.bin was not fetched: it is larger than 8 MiB (mediaMaxMb).");
    const paths = [...told.matchAll(/\/[^\s"'\\()[\]|]*inbound\/[^\s"'\\()[\]|]+/g)].map(([path]) => path);
    const saved = await Promise.all([...new Set(paths)].map((path) => readFile(path)));
    expect(saved.map((bytes) => bytes.toString("latin1")).sort()).toEqual(["\u0001\u0002\u0003\0ÿ", "the first file"]);
  });

  it("N18 a request that fails again and again is told so in its place, and answered when that has passed", async () => {
    const media = join(stack.gateway.home.stateDir, "media");
    await rename(media, `${media}.aside`);
    // Files of posts cannot be stored any more.
    await writeFile(media, "");
    const note = await alice.upload(town.id, "later.txt", Buffer.from("to be read later"));
    const question = await alice.post(town.id, "@openclaw what is in this file", { file_ids: [note.id] });
    await stack.answerTo(alice, question, "I keep trying");
    await rm(media);
    await rename(`${media}.aside`, media);
    await stack.answerTo(alice, question, "what is in this file");
    const said = (await alice.getPosts(town.id)).filter(({ message }) => message.includes("I keep trying"));
    expect(said).toHaveLength(1);
  });

  it("N11 S6 an answer's files come in one post with its text, in the thread", async () => {
    await writeFile(join(workspace, "report.txt"), "a report");
    await writeFile(join(workspace, "table.csv"), "a,b\n1,2\n");
    stack.model.script("files please", { text: "Here they are.\nMEDIA:./report.txt\nMEDIA:./table.csv" });
    const root = await alice.post(town.id, "a root for files");
    await alice.reply(root, "@openclaw files please");
    await stack.until("the answer with files", async () => (await botPosts(root)).length > 0);
    const [answer, ...more] = await botPosts(root);
    expect(more).toEqual([]);
    expect(answer).toMatchObject({ message: "Here they are.", root_id: root.id });
    const infos = await infosOf(answer?.id ?? "");
    expect(infos.map((info) => info.size).sort()).toEqual([8, 8]);
  });

  it("N13 a long table arrives as Mattermost tables, each with its header", async () => {
    const rows = Array.from({ length: 700 }, (_, i) => `| row ${String(i)} | ${"value ".repeat(4)}|`);
    stack.model.script("a long table please", { text: ["| a | b |", "|---|---|", ...rows, "", "the end"].join("\n") });
    const root = await alice.post(town.id, "a root for a table");
    const question = await alice.reply(root, "@openclaw a long table please");
    await stack.answerTo(alice, question, "the end");
    const parts = await botPosts(root);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part.message.startsWith("| a | b |\n|---|---|\n| row")).toBe(true);
    expect(parts.flatMap((part) => part.message.match(/^\| row \d+/gm) ?? [])).toHaveLength(rows.length);
  });

  it("N11 a file that is too large for the server is said aloud, and the limit is the server's", async () => {
    await writeFile(join(workspace, "huge.txt"), "x".repeat(MIB * 1.5));
    stack.model.script("too much please", { text: "Here it is.\nMEDIA:./huge.txt" }, 9);
    await stack.admin.patchConfig({ FileSettings: { MaxFileSize: MIB } });
    const first = await alice.post(town.id, "@openclaw too much please");
    await stack.answerTo(alice, first, "`huge.txt` could not be attached: it is larger than Mattermost allows.");

    // The limit is read when the account starts.
    stack.gateway.patchConfig({ channels: { mattermost: { name: "started again" } } });
    await stack.until(
      "the limit as Mattermost says it",
      async () => {
        const again = await alice.post(town.id, "@openclaw too much please");
        await stack.answerTo(alice, again, "`huge.txt` could not be attached: it is larger than 1 MiB", 5_000);
        return true;
      },
      60_000,
    );
  });
});
