import { setTimeout as pause } from "node:timers/promises";
import { type Channel, type MattermostClient, MattermostEvents, type Stack } from "@openclaw-mattermost/testbed";
import { timedPost } from "../measure.ts";
import { ratioOf } from "../percentiles.ts";
import { type Row, table } from "../table.ts";
import { type StationWatch, watchStations } from "../stations.ts";
import { listenAs } from "../listener.ts";
import type { Side } from "./sides.ts";

export interface LatencyOptions {
  readonly stack: Stack;
  readonly sides: readonly Side[];
  readonly user: MattermostClient;
  /** Each side in turn, so many times. */
  readonly rounds: number;
  /** Turns of a round. */
  readonly count: number;
}

/** What the user waits for, in milliseconds after the post. */
interface Waited {
  /** The model is asked. */
  readonly asked: number;
  /** The bot's first post. */
  readonly post: number;
  /** The first text of the answer in whatever the client is told: a post, or a draft. */
  readonly text: number;
}

/** One request to a side; resolves when its turn is over. */
type Ask<T> = (stack: Stack, side: Side, user: MattermostClient, channel: Channel, watch?: StationWatch) => Promise<T>;

const DEADLINE_MS = 60_000;
const REST_MS = 100;
const FIRST_POST = { goal: 0.85 };
const FIRST_TEXT = { limitMs: 150 };
const DIRECT = "direct message";
const CHUNKS = 15;
const CHUNK_MS = 100;

type Samples<T> = Record<Side["name"], T[]>;
const none = <T>(): Samples<T> => ({ official: [], ours: [] });
const only = (samples: Samples<Waited>, key: keyof Waited): Samples<number> => ({
  official: samples.official.map((each) => each[key]),
  ours: samples.ours.map((each) => each[key]),
});

let marks = 0;
/** Stands in no other post. */
const mark = (): string => `mark${String((marks += 1))}.`;

/** Tables: POST → first post of the bot and first text, and the model's first token → its text at the user's client; where ours spends the first. */
export async function measureLatency(options: LatencyOptions): Promise<{ times: string; stretches: string }> {
  const watch = await watchStations(options.stack);
  const direct = await inTurn(options, DIRECT, askDirectly);
  await watch.skip();
  const mention = await inTurn(options, "mention", askInChannel, watch);
  const text = await inTurn(options, "first text", firstText);
  return {
    times: table([
      ...rowsOf("POST → the model is asked, DM", only(direct, "asked"), {}),
      ...rowsOf("POST → the model is asked, mention", only(mention, "asked"), {}),
      ...rowsOf("POST → first bot post, DM", only(direct, "post"), FIRST_POST),
      ...rowsOf("POST → first bot post, mention", only(mention, "post"), FIRST_POST),
      ...rowsOf("POST → first text at the client, DM", only(direct, "text"), FIRST_POST),
      ...rowsOf("POST → first text at the client, mention", only(mention, "text"), FIRST_POST),
      ...rowsOf("model's first token → first text at the client", text, FIRST_TEXT),
    ]),
    stretches: table(watch.rows()),
  };
}

function rowsOf(what: string, { official, ours }: Samples<number>, goal: Pick<Row, "goal" | "limitMs">): Row[] {
  const ratio = { to: "official", value: ratioOf(ours, official) };
  return [
    { what: `${what}, official`, samples: official },
    { what: `${what}, ours`, samples: ours, ratios: [ratio], ...goal },
  ];
}

async function inTurn<T>(
  { stack, sides, user, rounds, count }: LatencyOptions,
  what: string,
  once: Ask<T>,
  watch?: StationWatch,
): Promise<Samples<T>> {
  const samples = none<T>();
  for (let round = 0; round < rounds; round += 1) {
    for (const side of sides) {
      await stack.run.progress.during(`${what}, round ${round + 1} of ${rounds}, ${side.name}`, async () => {
        // A new conversation: a long one makes turns slower. Its first turn is not counted.
        const channel = what === DIRECT ? await user.direct(side.bot.id) : await channelOf(stack, side, user);
        await once(stack, side, user, channel);
        await watch?.skip();
        for (let turn = 0; turn < count; turn += 1) {
          await pause(REST_MS);
          samples[side.name].push(await once(stack, side, user, channel, side.name === "ours" ? watch : undefined));
        }
      });
    }
  }
  return samples;
}

let channels = 0;
export async function channelOf(stack: Stack, side: Side, ...users: readonly MattermostClient[]): Promise<Channel> {
  const channel = await stack.adminUser.createChannel(stack.team.id, `versus-${String((channels += 1))}`);
  for (const id of [...users.map((user) => user.me.id), side.bot.id])
    await stack.adminUser.addToChannel(channel.id, id);
  return channel;
}

const askDirectly: Ask<Waited> = (stack, side, user, channel) => ask(stack, side, user, channel, "");
const askInChannel: Ask<Waited> = (stack, side, user, channel, watch) =>
  ask(stack, side, user, channel, `@${side.bot.username} `, watch);

async function ask(
  stack: Stack,
  side: Side,
  user: MattermostClient,
  channel: Channel,
  before: string,
  watch?: StationWatch,
): Promise<Waited> {
  using listener = await listenAs(user);
  const marker = mark();
  const answered = listener.next((post) => post.user_id === side.bot.id && post.channel_id === channel.id, DEADLINE_MS);
  const [{ startedAt, answeredAt: takenAt }, answeredAt, textAt] = await Promise.all([
    timedPost(user, channel.id, `${before}${marker} what is new?`),
    answered,
    listener.nextWith(["echo: ", marker], DEADLINE_MS),
  ]);
  // The next one waits until this turn is over.
  await stack.until(`the answer to ${marker}`, async () =>
    (await user.getPosts(channel.id)).some((post) => post.user_id === side.bot.id && post.message.includes(marker)),
  );
  const { at: modelAskedAt, endedAt: modelDoneAt = Number.NaN } = await stack.model.seen(marker);
  const toEpoch = performance.timeOrigin;
  if (watch) {
    await watch.ended({
      askedAt: toEpoch + startedAt,
      takenAt: toEpoch + takenAt,
      modelAskedAt,
      modelDoneAt,
      seenAt: toEpoch + answeredAt,
    });
  }
  const asked = modelAskedAt - toEpoch - startedAt;
  return { asked, post: answeredAt - startedAt, text: textAt - startedAt };
}

/** From when the model has sent its first words until they are in anything that the user's client is told. */
async function firstText(stack: Stack, side: Side, user: MattermostClient, channel: Channel): Promise<number> {
  using events = await MattermostEvents.connect(user);
  const marker = mark();
  const chunks = Array.from({ length: CHUNKS }, (_, index) => `${marker}${String(index)} some words of the answer `);
  stack.model.script(`say ${marker}`, { chunks, everyMs: CHUNK_MS });
  await user.post(channel.id, `@${side.bot.username} say ${marker}`);
  const seen = await stack.until(
    "the first words",
    () => events.seen.find(({ data }) => JSON.stringify(data).includes(`${marker}0 some words`)),
    DEADLINE_MS,
  );
  const request = await stack.model.seen(`say ${marker}`);
  await stack.until("the whole answer", async () =>
    (await user.getPosts(channel.id)).some((post) =>
      post.message.includes(`${marker}${String(CHUNKS - 1)} some words`),
    ),
  );
  return seen.at - request.at;
}
