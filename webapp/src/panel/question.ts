/** More of a post than this is cut where it is quoted; the link leads to the rest. */
const QUOTED_MAX = 2_000;

export interface Question {
  question: string;
  /** Who wrote the post, as `@anna`, and what. */
  author: string;
  text: string;
  link: string;
}

/** A question about a post of another channel: the post quoted, then what is asked. */
export function questionAbout({ question, author, text, link }: Question): string {
  const cut = text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)} …` : text;
  const quoted = [`${author} ${link}`, ...cut.split("\n")].map((line) => `> ${line}`).join("\n");
  return `${quoted}\n\n${question.trim()}`;
}
