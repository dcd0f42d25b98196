import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MODEL_LEDGER, type Stack, storedEvents } from "@openclaw-mattermost/testbed";
import pg from "pg";
import { type FarSide, tokensIn, type TruthRow } from "./ledger.ts";

/** Reads what PostgreSQL, the inbox and the model's ledger say, past every wire that may be broken. */
export async function openFarSide(stack: Stack) {
  let db = await connect(stack.database);
  const query = async <T extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<T[]> => {
    try {
      return (await db.query<T>(sql, [...values])).rows;
    } catch {
      // PostgreSQL was stopped meanwhile.
      db = await connect(stack.database);
      return (await db.query<T>(sql, [...values])).rows;
    }
  };
  return {
    query,
    /** The posts whose text has a token with this prefix. */
    async truth(prefix: string): Promise<TruthRow[]> {
      const rows = await query<{ id: string; message: string; deleteat: string; editat: string }>(
        `SELECT id, message, deleteat, editat FROM posts
         WHERE originalid = '' AND userid <> $2 AND message LIKE '%' || $1 || '%' ORDER BY createat, id`,
        [prefix, stack.bot.id],
      );
      return rows.map(({ id, message, deleteat, editat }) => ({
        id,
        token: tokensIn(message).find((token) => token.startsWith(prefix)) ?? "",
        deleted: deleteat !== "0",
        editAt: Number(editat),
      }));
    },
    async far(): Promise<FarSide> {
      const answers = await query<{ message: string }>(
        "SELECT message FROM posts WHERE userid = $1 AND originalid = '' AND deleteat = 0",
        [stack.bot.id],
      );
      return {
        arrived: storedEvents(stack).map(({ id }) => id),
        asked: askedOf(stack),
        answered: answers.map((row) => row.message),
      };
    },
    /** When the events with these ids were stored, in milliseconds since 1970. */
    storedAt(ids: ReadonlySet<string>): number[] {
      return storedEvents(stack)
        .filter(({ id }) => ids.has(id))
        .map(({ received }) => received);
    },
    [Symbol.asyncDispose]: () => db.end(),
  };
}
export type FarSideReader = Awaited<ReturnType<typeof openFarSide>>;

async function connect(dsn: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: dsn, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** A turn's later steps, after a tool call, ask nothing new. */
function askedOf(stack: Stack): string[] {
  const lines = readFileSync(join(stack.run.folder, MODEL_LEDGER), "utf8").split("\n").filter(Boolean);
  const requests = lines.map((line) => JSON.parse(line) as { step: number; user: string; steered: string[] });
  return requests.filter(({ step }) => step === 0).map(({ user, steered }) => [...steered, user].join("\n"));
}
