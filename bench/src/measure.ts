import { setTimeout as pause } from "node:timers/promises";
import type { MattermostClient, Post } from "@openclaw-mattermost/testbed";

/** A post and when it was made. Times are of `performance.now()`. */
export interface TimedPost {
  readonly id: string;
  /** The request was about to be sent. */
  readonly startedAt: number;
  /** Mattermost had answered. */
  readonly answeredAt: number;
}

export interface Pace {
  readonly count: number;
  readonly perSecond: number;
}

/** The same for all, of a usual length: what is posted must not be what makes the difference. */
const TEXT = "The quick brown fox jumps over the lazy dog, and nobody in particular is meant by this.";

export async function timedPost(user: MattermostClient, channelId: string, message = TEXT): Promise<TimedPost> {
  const startedAt = performance.now();
  const { id }: Post = await user.post(channelId, message);
  return { id, startedAt, answeredAt: performance.now() };
}

/** Posts one after the other, none before its time. */
export async function postAtPace(user: MattermostClient, channelId: string, pace: Pace): Promise<TimedPost[]> {
  const posts: TimedPost[] = [];
  const begin = performance.now();
  for (let index = 0; index < pace.count; index++) {
    const due = begin + (index * 1000) / pace.perSecond;
    await pause(Math.max(0, due - performance.now()));
    posts.push(await timedPost(user, channelId));
  }
  return posts;
}

/** What is to be added to a time in milliseconds since 1970 to have it as a time of `performance.now()`. */
export function sinceEpochToNow(): number {
  const last = Date.now();
  let now = last;
  // The system's clock is read here in whole milliseconds: the moment at which it moves on is exact.
  while (now === last) now = Date.now();
  return performance.now() - now;
}
