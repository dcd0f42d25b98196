import type { Channel, MattermostClient } from "@openclaw-mattermost/testbed";
import type { Ground } from "./ground.ts";

export interface Seed {
  readonly author: MattermostClient;
  readonly channel: Channel;
  readonly texts: readonly string[];
  /** Time of the first one, in milliseconds since 1970; each next one is a millisecond later. */
  readonly from: number;
}

const AT_ONCE = 5_000;

/** Writes posts into Mattermost's table, past Mattermost: so many no client would make in time, and no hook sees them. */
export async function seedPosts({ far }: Ground, { author, channel, texts, from }: Seed): Promise<void> {
  for (let first = 0; first < texts.length; first += AT_ONCE) {
    await far.query(
      `INSERT INTO posts (id, createat, updateat, editat, deleteat, ispinned, userid, channelid, rootid, originalid, message, type,
         props, hashtags, filenames, fileids, hasreactions)
       SELECT substr(md5($1 || n), 1, 26), $2::bigint + n, $2::bigint + n, 0, 0, false, $3, $4, '', '', text, '', '{}', '', '[]', '[]', false
       FROM unnest($5::text[]) WITH ORDINALITY AS t (text, n)`,
      [`${channel.id}${first}`, from + first, author.me.id, channel.id, texts.slice(first, first + AT_ONCE)],
    );
  }
}

/** Fills the table with posts of channels that the bot is not in. */
export async function seedOthers({ far }: Ground, count: number, until: number): Promise<void> {
  await far.query(
    `INSERT INTO posts (id, createat, updateat, editat, deleteat, ispinned, userid, channelid, rootid, originalid, message, type,
       props, hashtags, filenames, fileids, hasreactions)
     SELECT substr(md5('other' || n || $2), 1, 26), $2::bigint - n * 10, $2::bigint - n * 10, 0, 0, false, substr(md5('u' || n % 500), 1, 26),
       substr(md5('c' || n % 2000), 1, 26), '', '', 'somewhere else ' || n, '', '{}', '', '[]', '[]', false
     FROM generate_series(1, $1::int) n`,
    [count, until],
  );
  await far.query("ANALYZE posts");
}
