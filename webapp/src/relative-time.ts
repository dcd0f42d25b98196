const STEPS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, ms: number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** `3 minutes ago` in the user's language. The clocks of browser and server differ: the future is `now`. */
export function relativeTime(at: number, now: number, locale: string): string {
  const elapsed = Math.max(0, now - at);
  const [unit, ms] = STEPS.find(([, length]) => elapsed >= length) ?? ["second", 1_000];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-Math.floor(elapsed / ms), unit);
}
