/** What is in the text of each operation, and nowhere else. */
export interface Token {
  readonly text: string;
  /** The user who did it, and where. */
  readonly author: string;
  readonly channel: string;
  /** The place in what this author did; each of an author's posts is made after the one before was answered. */
  readonly number: number;
  /** It names the bot, so it has to reach the agent. */
  readonly mention: boolean;
}

/** A post as PostgreSQL has it afterwards. */
export interface TruthRow {
  readonly id: string;
  readonly token: string;
  readonly deleted: boolean;
  /** Time of the last edit; 0 if there was none. */
  readonly editAt: number;
}

/** What is known of the far side. */
export interface FarSide {
  /** Ids of events in the inbox, in the order of arrival. */
  readonly arrived: readonly string[];
  /** What users wrote in each request to the agent, oldest first. */
  readonly asked: readonly string[];
  /** Texts of the bot's posts. */
  readonly answered: readonly string[];
}

/** What a fault cost. */
export interface Judgement {
  /** Posts that Mattermost has. */
  readonly sent: number;
  /** Events that are missing at the adapter, and requests that are missing at the agent or were never answered. */
  readonly lost: readonly string[];
  readonly doubledAtAdapter: number;
  readonly doubledAtAgent: number;
  /** Pairs of neighbours, of one author in one channel, that came the wrong way round. */
  readonly outOfOrder: number;
}

const TOKEN = /\bop[a-z0-9]+x\d+\b/g;

/** The tokens in a text. */
export const tokensIn = (text: string): string[] => text.match(TOKEN) ?? [];

/** Gives every operation of a run a token of its own. */
export function createLedger(name: string) {
  const made = new Map<string, Token>();
  return {
    /** What PostgreSQL is searched for. */
    prefix: `op${name}x`,
    next(author: string, channel: string, mention: boolean): Token {
      const number = made.size;
      const token: Token = { text: `op${name}x${number}`, author, channel, number, mention };
      made.set(token.text, token);
      return token;
    },
    get: (text: string): Token | undefined => made.get(text),
    count: () => made.size,
  };
}
export type Ledger = ReturnType<typeof createLedger>;

/** The event by which a post that is there, or is deleted, must be known; an edit has one of its own. */
export function expectedOf({ id, deleted, editAt }: TruthRow): string[] {
  if (deleted) return [`post.deleted:${id}`];
  return [`post.created:${id}`, ...(editAt > 0 ? [`post.edited:${id}:${editAt}`] : [])];
}

/** Holds what arrived against what PostgreSQL has. */
export function judge(ledger: Ledger, truth: readonly TruthRow[], far: FarSide): Judgement {
  const arrived = new Set(far.arrived);
  const asked = countTokens(far.asked);
  const answered = countTokens(far.answered);
  // Who asked in the same request got the same answer.
  const heard = new Set(
    far.asked
      .map(tokensIn)
      .filter((tokens) => tokens.some((token) => answered.has(token)))
      .flat(),
  );
  const requests = truth.filter((row) => !row.deleted && ledger.get(row.token)?.mention === true);
  const lost = [
    ...truth.flatMap(expectedOf).filter((id) => !arrived.has(id)),
    ...requests.filter(({ token }) => !asked.has(token)).map(({ token }) => `${token} at the agent`),
    ...requests.filter(({ token }) => asked.has(token) && !heard.has(token)).map(({ token }) => `answer to ${token}`),
  ];
  const again = (counts: ReadonlyMap<string, number>): number =>
    requests.reduce((sum, { token }) => sum + Math.max(0, (counts.get(token) ?? 0) - 1), 0);
  return {
    sent: truth.length,
    lost,
    doubledAtAdapter: doubledPosts(far.arrived),
    doubledAtAgent: again(asked) + again(answered),
    outOfOrder: outOfOrder(ledger, truth, far),
  };
}

/** An event is stored once by its id; here it counts what the id says of the post. */
function doubledPosts(arrived: readonly string[]): number {
  const posts = arrived.filter((id) => id.startsWith("post.created:") || id.startsWith("post.deleted:"));
  return posts.length - new Set(posts).size;
}

function countTokens(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const token of new Set(tokensIn(text))) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

function outOfOrder(ledger: Ledger, truth: readonly TruthRow[], far: FarSide): number {
  const tokenOf = new Map(truth.map((row) => [`post.created:${row.id}`, row.token]));
  const atAdapter = far.arrived.flatMap((id) => tokenOf.get(id) ?? []);
  const atAgent = [...new Set(far.asked.flatMap(tokensIn))];
  return inversions(ledger, atAdapter) + inversions(ledger, atAgent);
}

function inversions(ledger: Ledger, inOrder: readonly string[]): number {
  const last = new Map<string, number>();
  let found = 0;
  for (const text of inOrder) {
    const token = ledger.get(text);
    if (!token) continue;
    const stream = `${token.author} ${token.channel}`;
    if ((last.get(stream) ?? -1) > token.number) found += 1;
    last.set(stream, token.number);
  }
  return found;
}
