import { MEASURES, type Measure, type Sample } from "./sample.ts";

/** How a measure went over a run. */
export interface Course {
  readonly measure: Measure;
  readonly first: number;
  readonly last: number;
  readonly most: number;
  /** Growth an hour within the lives of the processes: neither a start is growth, nor what is filled in the minutes after it. */
  readonly perHour: number;
}

/** OpenClaw's caches of skills, models and sessions are filled by the first dozens of turns. */
const WARMING_UP_S = 300;

/** Least squares within each life once it is warm, weighted by how long it was seen. */
export function courses(samples: readonly Sample[]): Course[] {
  return MEASURES.flatMap((measure) => {
    const seen = samples.flatMap((sample) => {
      const value = sample[measure];
      const life = sample.lives[measure.split(" ", 1)[0] ?? ""] ?? 0;
      return value === undefined ? [] : [{ x: sample.atS / 3_600, y: value, life }];
    });
    const [first] = seen;
    const last = seen.at(-1);
    if (!first || !last) return [];
    const lives = Map.groupBy(seen, ({ life }) => life);
    let [covered, growth] = [0, 0];
    for (const all of lives.values()) {
      const points = all.filter(({ x }) => x >= (all[0]?.x ?? 0) + WARMING_UP_S / 3_600);
      if (points.length === 0) continue;
      const sums = points.reduce((sum, { x, y }) => ({ x: sum.x + x, y: sum.y + y }), { x: 0, y: 0 });
      const [meanX, meanY] = [sums.x / points.length, sums.y / points.length];
      covered += points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
      growth += points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
    }
    const perHour = covered > 0 ? growth / covered : 0;
    return [{ measure, first: first.y, last: last.y, most: Math.max(...seen.map(({ y }) => y)), perHour }];
  });
}

const digits = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));

export function courseTable(all: readonly Course[]): string {
  const body = all.map(({ measure, first, last, most, perHour }) => [
    measure,
    ...[first, last, most, perHour].map(digits),
  ]);
  const head = ["", "first", "last", "most", "an hour"];
  return [head, ["---", "--:", "--:", "--:", "--:"], ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
