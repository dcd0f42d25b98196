import { describe, expect, it } from "@jest/globals";
import { elapsedTime, relativeTime } from "./relative-time.ts";

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const ago = (ms: number, locale = "en") => relativeTime(NOW - ms, NOW, locale);

describe("relativeTime", () => {
  it("uses the largest unit that has passed in full", () => {
    expect(ago(1_000)).toBe("1 second ago");
    expect(ago(59_999)).toBe("59 seconds ago");
    expect(ago(60_000)).toBe("1 minute ago");
    expect(ago(3_599_999)).toBe("59 minutes ago");
    expect(ago(7_200_000)).toBe("2 hours ago");
    expect(ago(3 * 86_400_000)).toBe("3 days ago");
  });

  it("speaks the user's language", () => {
    expect(ago(120_000, "de")).toBe("vor 2 Minuten");
  });

  it("says now for what has just been and for what a faster clock puts into the future", () => {
    expect(ago(400)).toBe("now");
    expect(ago(-5_000)).toBe("now");
  });
});

describe("elapsedTime", () => {
  it("counts minutes and seconds, and hours when there are any", () => {
    expect([elapsedTime(7_900), elapsedTime(760_000), elapsedTime(3_723_000), elapsedTime(-5)]).toEqual([
      "0:07",
      "12:40",
      "1:02:03",
      "0:00",
    ]);
  });
});
