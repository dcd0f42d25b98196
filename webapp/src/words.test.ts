import { describe, expect, it } from "@jest/globals";
import { translator } from "./translate.ts";
import { RequestError } from "./http.ts";
import type { Link } from "./admin/status.ts";
import { clockWarningSeconds, failureInWords, hopInWords, reasonInWords, stateInWords } from "./words.ts";

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

  it("says for a linked bot how delivery stands", () => {
    expect(words("linked", "ready")).toEqual(["good", "Linked and delivering"]);
    expect(words("linked", "unset")).toEqual(["attention", "Linked, without a gateway address"]);
    expect(words("linked", "unverified")).toEqual(["attention", "Linked, the address is not proven yet"]);
    expect(words("linked", "retrying")).toEqual(["bad", "The gateway cannot be reached"]);
    expect(words("linked", "paused")).toEqual(["bad", "Paused: the gateway answers wrongly"]);
  });

  it("never calls a bot that is not linked delivering", () => {
    expect(words("pending", "ready")).toEqual(["attention", "Waiting for your confirmation"]);
    expect(words("refused", "ready")).toEqual(["bad", "Not allowed"]);
  });
});

describe("reasonInWords", () => {
  const words = (code: string, message = "") => reasonInWords({ code, message }, t);

  it("says of a refused signature what to look at", () => {
    expect(words("token.expired")).toMatch(/^The clocks of this server and the gateway differ\./);
    expect(words("token.audience")).toMatch(/^This is not the gateway that said hello\./);
    expect(words("token.signature", "x")).toMatch(/^The gateway does not accept this server’s signature\./);
  });

  it("keeps the message that came with an unknown code, and names the code when there is none", () => {
    expect(reasonInWords({ code: "http.502", message: "Bad Gateway" }, t)).toBe("Bad Gateway");
    expect(reasonInWords({ code: "http.502", message: "" }, t)).toBe("Unknown trouble: http.502");
  });
});

describe("failureInWords", () => {
  it("says what a refused request means", () => {
    expect(failureInWords(new RequestError("server.unreachable", ""), t)).toBe("Mattermost does not answer.");
  });

  it("does not hide an error of ours", () => {
    expect(failureInWords(new TypeError("x is undefined"), t)).toBe("Unknown trouble: TypeError: x is undefined");
  });
});

describe("hopInWords", () => {
  it("names the steps that it knows, and leaves others as they came", () => {
    expect(hopInWords("challenge", t)).toBe("Proof by the bot’s token");
    expect(hopInWords("pull", t)).toBe("pull");
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
