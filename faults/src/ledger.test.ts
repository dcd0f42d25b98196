import { describe, expect, it } from "@jest/globals";
import { createLedger, type FarSide, judge, type TruthRow } from "./ledger.ts";

/** Four posts, two of each author, of which the second ones name the bot; and the far side of a good run. */
function goodRun() {
  const ledger = createLedger("a1");
  const tokens = [
    ledger.next("ann", "town", false),
    ledger.next("bob", "town", false),
    ledger.next("ann", "town", true),
    ledger.next("bob", "town", true),
  ];
  const truth: TruthRow[] = tokens.map((token) => ({
    id: `p${token.number}`,
    token: token.text,
    deleted: false,
    editAt: 0,
  }));
  const texts = tokens.filter((token) => token.mention).map((token) => `please ${token.text}`);
  const far: FarSide = {
    arrived: truth.map((row) => `post.created:${row.id}`),
    asked: texts,
    answered: texts.map((text) => `echo: ${text}`),
  };
  return { ledger, truth, far };
}

describe("N1 the ledger of the fault suite", () => {
  it("N1 finds nothing in a good run, whoever comes first of two authors", () => {
    const { ledger, truth, far } = goodRun();
    const good = { sent: 4, lost: [], doubledAtAdapter: 0, doubledAtAgent: 0, outOfOrder: 0 };
    expect(judge(ledger, truth, far)).toEqual(good);
    const [a, b, c, d] = far.arrived as [string, string, string, string];
    expect(judge(ledger, truth, { ...far, arrived: [b, a, d, c] })).toEqual(good);
  });

  it("N1 names what did not arrive, what the agent was not asked, and what was not answered", () => {
    const { ledger, truth, far } = goodRun();
    expect(judge(ledger, truth, { ...far, arrived: far.arrived.slice(1) }).lost).toEqual(["post.created:p0"]);
    expect(judge(ledger, truth, { ...far, asked: far.asked.slice(1) }).lost).toEqual(["opa1x2 at the agent"]);
    expect(judge(ledger, truth, { ...far, answered: far.answered.slice(1) }).lost).toEqual(["answer to opa1x2"]);
  });

  it("N1 counts what came, was asked or was answered twice", () => {
    const { ledger, truth, far } = goodRun();
    const twice = { ...far, arrived: [...far.arrived, far.arrived[0]!] };
    expect(judge(ledger, truth, twice).doubledAtAdapter).toBe(1);
    expect(judge(ledger, truth, { ...far, asked: [...far.asked, far.asked[0]!] }).doubledAtAgent).toBe(1);
    expect(judge(ledger, truth, { ...far, answered: [...far.answered, far.answered[1]!] }).doubledAtAgent).toBe(1);
  });

  it("N1 counts an author's posts that changed places, at the adapter and at the agent", () => {
    const { ledger, truth, far } = goodRun();
    const [a, b, c, d] = far.arrived as [string, string, string, string];
    expect(judge(ledger, truth, { ...far, arrived: [c, b, a, d] }).outOfOrder).toBe(1);
    const own = createLedger("b2");
    const asked = [own.next("ann", "town", true), own.next("ann", "town", true)].map((token) => token.text).reverse();
    expect(judge(own, [], { arrived: [], asked, answered: [] }).outOfOrder).toBe(1);
  });

  it("N9 expects the deletion of what is deleted, and the last edit of what was edited", () => {
    const { ledger, truth, far } = goodRun();
    const changed = [{ ...truth[0]!, deleted: true }, { ...truth[1]!, editAt: 7 }, ...truth.slice(2)];
    expect(judge(ledger, changed, far).lost).toEqual(["post.deleted:p0", "post.edited:p1:7"]);
    const arrived = [...far.arrived, "post.deleted:p0", "post.edited:p1:7"];
    expect(judge(ledger, changed, { ...far, arrived }).lost).toEqual([]);
  });

  it("N1 takes several requests that were told together for each of them", () => {
    const { ledger, truth, far } = goodRun();
    const together = far.asked.join("\n");
    expect(judge(ledger, truth, { ...far, asked: [together], answered: [`echo: ${far.asked[1]!}`] }).lost).toEqual([]);
  });
});
