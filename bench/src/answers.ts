import { setTimeout as pause } from "node:timers/promises";
import type { Channel, MattermostClient, Stack } from "@openclaw-mattermost/testbed";
import { type Listener, listenAs } from "./listener.ts";
import { sinceEpochToNow, timedPost } from "./measure.ts";
import { type Row, table } from "./table.ts";
import type { Tap } from "./tap.ts";

export interface AnswersOptions {
  readonly stack: Stack;
  /** They ask in turn, each in the direct channel with the bot: a long session makes turns slower. */
  readonly users: readonly MattermostClient[];
  /** Between our plugin, which has to run, and the gateway. */
  readonly tap: Tap;
  readonly count: number;
}

interface Asker {
  readonly user: MattermostClient;
  readonly channel: Channel;
  readonly listener: Listener;
}

/** Milliseconds after POST. */
interface Stages {
  readonly arrived: number;
  readonly stored: number;
  readonly modelAsked: number;
  readonly answer: number;
}

/** The very first turn of a gateway took 10 s. */
const ANSWER_DEADLINE_MS = 60_000;
const TURNS_A_REMINDER = 50;
/** After an answer the gateway still writes its session down; nobody asks again within that time. */
const REST_MS = 100;

/** POST of a direct message → its answer appears in the user's client, one at a time. */
export async function measureAnswers({ stack, users, tap, count }: AnswersOptions): Promise<string> {
  using listeners = new DisposableStack();
  const askers: Asker[] = [];
  for (const user of users) {
    askers.push({ user, channel: await stack.directChannel(user), listener: listeners.use(await listenAs(user)) });
  }
  const { progress } = stack.run;
  await progress.during("answers, a first one for each user", async () => {
    for (const [index, asker] of askers.entries()) await ask(stack, tap, asker, `warm-up-${index}-`);
  });
  const seen: Stages[] = [];
  await progress.during(`answers, ${count} turns`, async () => {
    for (let turn = 0; turn < count; turn++) {
      const asker = askers[turn % askers.length];
      if (asker) seen.push(await ask(stack, tap, asker, `turn-${turn}-`));
      if (seen.length % TURNS_A_REMINDER === 0) progress.say(`answers, ${seen.length} of ${count}`);
    }
  });
  const footnote = `One at a time with ${REST_MS} ms between, ${users.length} users in turn; the model is a stub that echoes at once.`;
  return [table(rowsOf(seen)), "", footnote].join("\n");
}

/** Asks once. `marker` is in no other post. */
async function ask(stack: Stack, tap: Tap, { user, channel, listener }: Asker, marker: string): Promise<Stages> {
  await pause(REST_MS);
  const offset = sinceEpochToNow();
  const answered = listener.next(
    (post) => post.user_id === stack.bot.id && post.channel_id === channel.id && post.message.includes(marker),
    ANSWER_DEADLINE_MS,
  );
  const [{ id, startedAt }, answerAt] = await Promise.all([
    timedPost(user, channel.id, `${marker} what is new today?`),
    answered.catch((error: unknown) => Promise.reject(new Error(`${marker}: ${stack.explain()}`, { cause: error }))),
  ]);
  const passage = tap.passages.get(id);
  const request = stack.model.requests.find((each) => each.user.includes(marker));
  return {
    arrived: (passage?.arrivedAt ?? NaN) - startedAt,
    stored: (passage?.answeredAt ?? NaN) - startedAt,
    modelAsked: (request?.at ?? NaN) + offset - startedAt,
    answer: answerAt - startedAt,
  };
}

function rowsOf(seen: readonly Stages[]): Row[] {
  const of = (key: keyof Stages): number[] => seen.map((each) => each[key]);
  return [
    { what: "POST → delivery arrives", samples: of("arrived") },
    { what: "POST → adapter stored", samples: of("stored") },
    { what: "POST → model asked", samples: of("modelAsked") },
    { what: "POST → first answer", samples: of("answer") },
    { what: "of that: stored → model asked", samples: seen.map((each) => each.modelAsked - each.stored) },
    { what: "of that: model asked → first answer", samples: seen.map((each) => each.answer - each.modelAsked) },
  ];
}
