import type { Channel, MattermostClient, Stack } from "@openclaw-mattermost/testbed";
import { postAtPace } from "./measure.ts";
import { median, ratioOf } from "./percentiles.ts";
import { type Running, runOnly } from "./plugins.ts";
import { inMs, type Row, table } from "./table.ts";

export interface PostingOptions {
  readonly stack: Stack;
  readonly user: MattermostClient;
  /** The bot is in it, and nobody is mentioned. */
  readonly channel: Channel;
  /** The bot is not in it. */
  readonly elsewhere: Channel;
  readonly rounds: number;
  /** Posts a round. */
  readonly count: number;
}

const CASES = {
  none: "no plugin",
  nothing: "a do-nothing plugin",
  elsewhere: "our plugin, channel without the bot",
  ours: "our plugin, channel with the bot",
} as const;
type Case = keyof typeof CASES;

const IN_TURN: readonly { readonly running: Running; readonly cases: readonly Case[] }[] = [
  { running: "ours", cases: ["elsewhere", "ours"] },
  { running: "probe", cases: ["nothing"] },
  { running: "none", cases: ["none"] },
];

const PER_SECOND = 50;
const WARM_UP = { count: 15, perSecond: PER_SECOND };

/** What POST /posts costs its user with our plugin, with a plugin that does nothing, and with none, in turn. */
export async function measurePosting(options: PostingOptions): Promise<string> {
  const { stack, user, channel, elsewhere, rounds, count } = options;
  const seen: Record<Case, number[][]> = { none: [], nothing: [], elsewhere: [], ours: [] };
  for (let round = 0; round < rounds; round++) {
    // Each round begins with another one, so that no case is always first.
    const inTurn = IN_TURN.map((_, index) => IN_TURN[(index + round) % IN_TURN.length] ?? IN_TURN[0]);
    for (const { running, cases } of inTurn.filter((each) => each !== undefined)) {
      await stack.run.progress.during(`POST /posts, round ${round + 1} of ${rounds}, ${running}`, async () => {
        await runOnly(stack, running);
        for (const each of cases) {
          const { id } = each === "elsewhere" ? elsewhere : channel;
          await postAtPace(user, id, WARM_UP);
          const posts = await postAtPace(user, id, { count, perSecond: PER_SECOND });
          seen[each].push(posts.map(({ startedAt, answeredAt }) => answeredAt - startedAt));
        }
      });
    }
  }
  const medians = Object.entries(seen).map(
    ([each, list]) => `${each} ${list.map((one) => inMs(median(one))).join(" ")}`,
  );
  const footnote = [
    `${rounds} rounds each in turn, one client, ${PER_SECOND} posts a second; ratios of the p50s above. Medians of the rounds:`,
    `${medians.join("; ")}.`,
  ].join("\n");
  return [table(rowsOf(seen)), "", footnote].join("\n");
}

function rowsOf(seen: Record<Case, number[][]>): Row[] {
  const row = (each: Case, ...bases: Case[]): Row => ({
    what: `POST /posts, ${CASES[each]}`,
    samples: seen[each].flat(),
    ratios: bases.map((base) => ({
      to: base === "nothing" ? "do-nothing" : base,
      value: ratioOf(seen[each].flat(), seen[base].flat()),
    })),
  });
  return [row("none"), row("nothing", "none"), row("elsewhere", "none", "nothing"), row("ours", "none", "nothing")];
}
