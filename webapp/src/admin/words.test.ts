import { describe, expect, it } from "@jest/globals";
import { translator } from "../translate.ts";
import { RequestError } from "./client.ts";
import type { Link } from "./status.ts";
import { clockWarningSeconds, failureInWords, reasonInWords, stateInWords } from "./words.ts";

const t = translator("en");

type LinkState = Link["link"]["state"];
type DeliveryState = Link["delivery"]["state"];

function linkWith(link: LinkState, delivery: DeliveryState): Pick<Link, "link" | "delivery"> {
  return {
    link: { state: link, message: "" },
    delivery: {
      state: delivery,
      transport: "webhook",
      url: "",
      pending: 0,
      overflowed: 0,
      delivered: 0,
      dead: 0,
      last_delivery_at: 0,
      last_error: null,
    },
  };
}

describe("stateInWords", () => {
  const words = (link: LinkState, delivery: DeliveryState) => {
    const { tone, title } = stateInWords(linkWith(link, delivery));
    return [tone, t(title)];
  };

  it("C5 says for a linked bot how delivery stands", () => {
    expect(words("linked", "ready")).toEqual(["good", "Linked and delivering"]);
    expect(words("linked", "unset")).toEqual(["waiting", "Linked, without a gateway address"]);
    expect(words("linked", "unverified")).toEqual(["waiting", "Linked, the address is not proven yet"]);
    expect(words("linked", "retrying")).toEqual(["bad", "The gateway cannot be reached"]);
    expect(words("linked", "paused")).toEqual(["bad", "Paused: the gateway answers wrongly"]);
  });

  it("never calls a bot that is not linked delivering", () => {
    expect(words("pending", "ready")).toEqual(["waiting", "Waiting for your confirmation"]);
    expect(words("refused", "ready")).toEqual(["bad", "Not allowed"]);
  });
});

describe("reasonInWords", () => {
  it("has words for the codes of the wire, by their first part", () => {
    const signature = reasonInWords({ code: "token.signature", message: "x" }, t);
    expect(signature).toMatch(/^The gateway refuses the signature\./);
    expect(reasonInWords({ code: "token.expired", message: "" }, t)).toBe(signature);
  });

  it("keeps the message that came with an unknown code, and names the code when there is none", () => {
    expect(reasonInWords({ code: "http.502", message: "Bad Gateway" }, t)).toBe("Bad Gateway");
    expect(reasonInWords({ code: "http.502", message: "" }, t)).toBe("Unknown trouble: http.502");
  });
});

describe("failureInWords", () => {
  it("says what a refused request means", () => {
    expect(failureInWords(new RequestError("unreachable", ""), t)).toBe("No answer.");
  });

  it("does not hide an error of ours", () => {
    expect(failureInWords(new TypeError("x is undefined"), t)).toBe("Unknown trouble: TypeError: x is undefined");
  });
});

describe("clockWarningSeconds", () => {
  it("is silent below ten seconds and keeps the direction above", () => {
    expect(clockWarningSeconds(9_999)).toBe(0);
    expect(clockWarningSeconds(-9_999)).toBe(0);
    expect(clockWarningSeconds(10_000)).toBe(10);
    expect(clockWarningSeconds(-42_400)).toBe(-42);
  });
});
