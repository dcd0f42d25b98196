/** A row of docs/features.md. */
export interface Promised {
  row: string;
  text: string;
}

const TABLE_ROW = /^\| ([CSLN]\d+) \| (.*) \|$/gm;

export function readPromises(markdown: string): Promised[] {
  return [...markdown.matchAll(TABLE_ROW)].map(([, row = "", text = ""]) => ({ row, text: text.replaceAll("**", "") }));
}

/** A quoted string that starts with rows: `"S10 …"`, `'N1, N2: …'`, `` `C3 …` ``. */
const TITLE = /["'`]((?:[CSLN]\d+[,:]? )+)/g;

/** The rows that titles in a test file start with. */
export function rowsNamed(source: string): string[] {
  return [...source.matchAll(TITLE)].flatMap(([, rows = ""]) => rows.match(/[CSLN]\d+/g) ?? []);
}
