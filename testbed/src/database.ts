import pg from "pg";

const IDENTIFIER = /^[a-z_][a-z0-9_]*$/;

/** Makes an empty database on the server that `server` (a DSN) names, and returns the DSN of the new one. */
export async function createDatabase(server: string, name: string): Promise<string> {
  await onServer(server, `CREATE DATABASE ${identifier(name)} TEMPLATE template0 ENCODING 'UTF8'`);
  const dsn = new URL(server);
  dsn.pathname = `/${name}`;
  return dsn.toString();
}

/** Drops a database together with whoever is still connected to it. */
export async function dropDatabase(server: string, name: string): Promise<void> {
  await onServer(server, `DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
}

/** Whether the server answers. */
export async function answersQueries(server: string): Promise<boolean> {
  await onServer(server, "SELECT 1");
  return true;
}

/** Makes a user a guest, for which Mattermost itself wants a licence. `database`: DSN of the server's database. */
export async function makeGuest(database: string, userId: string): Promise<void> {
  const member = "SET schemeguest = true, schemeuser = false, schemeadmin = false WHERE userid = $1";
  for (const sql of [
    "UPDATE users SET roles = 'system_guest' WHERE id = $1",
    "UPDATE sessions SET roles = 'system_guest' WHERE userid = $1",
    `UPDATE teammembers ${member}`,
    `UPDATE channelmembers ${member}`,
  ])
    await onServer(database, sql, [userId]);
}

async function onServer(server: string, sql: string, values: string[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 5000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query(sql, values);
  } finally {
    await client.end();
  }
}

function identifier(name: string): string {
  if (!IDENTIFIER.test(name)) throw new TypeError(`not a database name: ${name}`);
  return name;
}
