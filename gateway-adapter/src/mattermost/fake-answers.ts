import fc from "fast-check";
import type { Http } from "./call.ts";

export const TOKEN = "s3cret-t0ken-of-the-bot";

/** JSON that looks like Mattermost's in places: its names with anything in them. */
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, 0, -1, 1e308, "", "D", "x".repeat(26), TOKEN),
    fc.string(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        ...["id", "order", "posts", "user_id", "channel_id", "root_id", "message", "username", "type", "name", "props"],
        ...[
          "file_infos",
          "error",
          "code",
          "create_at",
          "metadata",
          "reactions",
          "__proto__",
          "constructor",
          "member_count",
        ],
      ),
      tie("value"),
      { maxKeys: 8 },
    ),
  ),
})).value;
/** Almost a post, a person, a channel, a team or a membership: what is asked for, mostly, and now and then nonsense. */
const ID = "x".repeat(26);
const or = (...usual: unknown[]) =>
  fc.oneof({ arbitrary: fc.constantFrom(...usual), weight: 12 }, { arbitrary: anything, weight: 1 });
const row = fc.record({
  ...{ id: or(ID), user_id: or(ID), channel_id: or(ID), team_id: or(ID, ""), root_id: or("", ID), post_id: or(ID) },
  ...{
    message: or("text", ""),
    type: or("O", "D", "", "system_join"),
    name: or("town", `${ID}__b`),
    username: or("anna"),
  },
  ...{
    display_name: or("Town"),
    roles: or("system_user", "system_guest"),
    emoji_name: or("eyes"),
    member_count: or(3),
  },
  ...{ create_at: or(1, 1e308, -1e308), edit_at: or(0, 1e308), delete_at: or(0), is_pinned: or(true, false) },
  ...{
    metadata: or(undefined, null, {
      files: [{ id: ID }],
      reactions: [{ post_id: ID, user_id: ID, emoji_name: "__proto__" }],
    }),
  },
});
const almost = fc.oneof(
  row,
  fc.array(row, { maxLength: 3 }),
  row.map((post) => ({ order: [ID, "toString"], posts: { [ID]: post } })),
);
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const body = fc.oneof(
  { arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
  { arbitrary: anything.map(json), weight: 2 },
  { arbitrary: almost.map(json), weight: 6 },
);
const status = fc.oneof(
  { arbitrary: fc.constant(200), weight: 6 },
  { arbitrary: fc.constantFrom(201, 204, 301, 400, 403, 404, 429, 500), weight: 2 },
  { arbitrary: fc.integer({ min: 100, max: 599 }), weight: 1 },
);

/** For tests: what a server may answer that is not Mattermost, or not well. */
export const anyAnswer: fc.Arbitrary<Awaited<ReturnType<Http>>> = fc
  .record({ status, body })
  .map((answer) => ({ ...answer, headers: new Headers() }));
