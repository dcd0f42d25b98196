import { setTimeout as pause } from "node:timers/promises";
import type { Channel, MattermostClient, Post, Stack } from "@openclaw-mattermost/testbed";
import pg from "pg";
import { channelOf } from "./latency.ts";
import type { Side } from "./sides.ts";

/** What is counted, and how much of it there should be. */
interface Goal {
  readonly what: string;
  readonly goal: number;
}

/** Something that happens on both sides, and what is counted of it: a number for each goal. */
interface Trial {
  readonly goals: readonly Goal[];
  readonly count: (ground: CountGround, side: Side) => Promise<readonly number[]>;
}

export interface CountGround {
  readonly stack: Stack;
  readonly user: MattermostClient;
}

const SETTLED_MS = 45_000;
const CHARACTERS = 20_000;
/** What the server takes in one post. */
const POST_RUNES = 16_383;

let marks = 0;
const mark = (): string => `count${String((marks += 1))}.`;

const botPosts = async ({ user }: CountGround, side: Side, channel: Channel): Promise<Post[]> =>
  (await user.getPosts(channel.id)).filter((post) => post.user_id === side.bot.id);

/** How many of these texts stand in an answer, when nothing more comes or all are there. */
async function answered(ground: CountGround, side: Side, channel: Channel, texts: readonly string[]): Promise<number> {
  const deadline = performance.now() + SETTLED_MS;
  for (;;) {
    const posts = await botPosts(ground, side, channel);
    const found = texts.filter((text) => posts.some((post) => post.message.includes(text))).length;
    if (found === texts.length || performance.now() > deadline) return found;
    await pause(500);
  }
}

const request = (side: Side, marker: string): string => `@${side.bot.username} please ${marker}`;

/** Posts while something is away, and counts what is answered when it is back. */
async function whileAway(
  ground: CountGround,
  side: Side,
  posts: number,
  away: (post: () => Promise<void>) => Promise<void>,
): Promise<[number]> {
  const channel = await channelOf(ground.stack, side, ground.user);
  const markers = Array.from({ length: posts }, mark);
  await away(async () => {
    for (const marker of markers) await ground.user.post(channel.id, request(side, marker));
  });
  return [await answered(ground, side, channel, markers)];
}

/** An answer that grows. */
interface Growing {
  readonly name: string;
  readonly chunks: number;
  readonly everyMs: number;
}
const CHUNKS: Growing = { name: "a 15-chunk answer", chunks: 15, everyMs: 250 };
const TOKENS: Growing = { name: "a 500-token answer", chunks: 500, everyMs: 20 };

/** What one growing answer costs: each row is a post that was made or edited, as Mattermost keeps what stood there before. */
async function writesOf(
  ground: CountGround,
  side: Side,
  { chunks: count, everyMs }: Growing,
): Promise<{ rows: number; deleted: number }> {
  const channel = await channelOf(ground.stack, side, ground.user);
  const marker = mark();
  const chunks = Array.from({ length: count - 1 }, (_, index) => `word${String(index)} `);
  ground.stack.model.script(`say ${marker}`, { chunks: [...chunks, `the end of ${marker}`], everyMs });
  await ground.user.post(channel.id, `@${side.bot.username} say ${marker}`);
  await answered(ground, side, channel, [`the end of ${marker}`]);
  await pause(2_000);
  const db = new pg.Client({ connectionString: ground.stack.database });
  await db.connect();
  try {
    const { rows } = await db.query<{ rows: string; deleted: string }>(
      `SELECT count(*) AS rows, count(*) FILTER (WHERE deleteat > 0 AND originalid = '') AS deleted
       FROM posts WHERE channelid = $1 AND userid = $2 AND type = ''`,
      [channel.id, side.bot.id],
    );
    return { rows: Number(rows[0]?.rows), deleted: Number(rows[0]?.deleted) };
  } finally {
    await db.end();
  }
}

const TRIALS: readonly Trial[] = [
  ...[CHUNKS, TOKENS].map((answer): Trial => ({
    goals: [
      { what: `rows that ${answer.name} leaves in the table of posts`, goal: 1 },
      { what: `posts made, edited and deleted for ${answer.name}`, goal: 1 },
    ],
    count: async (ground, side) => {
      const { rows, deleted } = await writesOf(ground, side, answer);
      return [rows, rows + deleted];
    },
  })),
  {
    goals: [
      {
        what: "of 1 command in a thread: answered there (the official channel's need its bot to be an admin of the team)",
        goal: 1,
      },
    ],
    count: async ({ stack, user }, side) => {
      if (side.name === "official") return [NaN];
      const { id } = await user.direct(side.bot.id);
      const root = await user.post(id, `a thread, ${mark()}`);
      // In a direct channel Mattermost wants to know the team.
      const typed = { command: "/oc_status", channel_id: id, team_id: stack.team.id, root_id: root.id };
      await user.rest.call("POST", "/api/v4/commands/execute", typed);
      const inThread = async (): Promise<Post | undefined> =>
        (await user.getThread(root.id)).find((post) => post.user_id === side.bot.id && /model/i.test(post.message));
      return [(await stack.until("the command's answer", inThread).catch(() => undefined)) ? 1 : 0];
    },
  },
  {
    goals: [{ what: "of 4 messages during a slow run: answered", goal: 4 }],
    count: async (ground, side) => {
      const channel = await channelOf(ground.stack, side, ground.user);
      const markers = Array.from({ length: 4 }, mark);
      const [slow = ""] = markers;
      ground.stack.model.script(slow, { text: `echo: please ${slow}`, delayMs: 4_000 });
      for (const marker of markers) {
        await ground.user.post(channel.id, request(side, marker));
        await pause(700);
      }
      return [await answered(ground, side, channel, markers)];
    },
  },
  {
    goals: [{ what: "of 25 posts while the gateway was down: answered", goal: 25 }],
    count: (ground, side) =>
      whileAway(ground, side, 25, async (post) => {
        await side.gateway.stop();
        await post();
        await side.gateway.start();
      }),
  },
  {
    goals: [{ what: "of 10 posts while the network was down: answered", goal: 10 }],
    count: (ground, side) =>
      whileAway(ground, side, 10, async (post) => {
        side.cut(true);
        await post();
        await pause(5_000);
        side.cut(false);
      }),
  },
  {
    goals: [{ what: "of 10 posts right after Mattermost was down for 25 s: answered", goal: 10 }],
    count: (ground, side) =>
      whileAway(ground, side, 10, async (post) => {
        await ground.stack.mattermost.stop();
        await pause(25_000);
        await ground.stack.mattermost.start();
        await post();
      }),
  },
  {
    goals: [{ what: "an answer that is ready while Mattermost cannot be reached: posted", goal: 1 }],
    count: async (ground, side) => {
      const channel = await channelOf(ground.stack, side, ground.user);
      const marker = mark();
      ground.stack.model.script(`please ${marker}`, { text: `echo: please ${marker}`, delayMs: 3_000 });
      await ground.user.post(channel.id, request(side, marker));
      await ground.stack.model.seen(`please ${marker}`);
      side.cut(true);
      await pause(10_000);
      side.cut(false);
      return [await answered(ground, side, channel, [marker])];
    },
  },
  {
    goals: [{ what: `posts for ${String(CHARACTERS)} characters`, goal: Math.ceil(CHARACTERS / POST_RUNES) }],
    count: async (ground, side) => {
      const channel = await channelOf(ground.stack, side, ground.user);
      const marker = mark();
      const words = `${"many words ".repeat(CHARACTERS / 11)}the end of ${marker}`;
      ground.stack.model.script(`say ${marker}`, { text: words });
      await ground.user.post(channel.id, `@${side.bot.username} say ${marker}`);
      await answered(ground, side, channel, [`the end of ${marker}`]);
      await pause(2_000);
      return [(await botPosts(ground, side, channel)).length];
    },
  },
];

const shown = (count = NaN): string => (Number.isNaN(count) ? "–" : String(count));

/** Tries everything on both sides, and writes a table. What cannot be counted on a side is a dash. */
export async function measureCounts(ground: CountGround, sides: readonly Side[]): Promise<string> {
  const lines = ["| what | official | ours | goal | |", "| --- | --: | --: | --: | --- |"];
  for (const { goals, count } of TRIALS) {
    const found = new Map<string, readonly number[]>();
    for (const side of sides) {
      await ground.stack.run.progress.during(`${goals[0]?.what ?? ""}: ${side.name}`, async () => {
        found.set(side.name, await count(ground, side));
      });
    }
    for (const [index, { what, goal }] of goals.entries()) {
      const ours = found.get("ours")?.[index];
      const cells = [what, shown(found.get("official")?.[index]), shown(ours), goal, ours === goal ? "met" : "misses"];
      lines.push(`| ${cells.join(" | ")} |`);
    }
  }
  return lines.join("\n");
}
