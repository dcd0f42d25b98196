import { useCallback, useEffect, useState } from "react";

export interface Answered<T> {
  answer: T | undefined;
  failure: unknown;
  /** Asks again. */
  ask: () => Promise<void>;
}

/** Asks once when it is drawn, and again on request. The last answer stays when a later request fails. */
export function useAnswer<T>(request: () => Promise<T>): Answered<T> {
  const [view, setView] = useState<{ answer: T | undefined; failure: unknown }>({
    answer: undefined,
    failure: undefined,
  });
  const ask = useCallback(async () => {
    try {
      const answer = await request();
      setView({ answer, failure: undefined });
    } catch (failure) {
      setView((last) => ({ ...last, failure }));
    }
  }, [request]);
  useEffect(() => void ask(), [ask]);
  return { ...view, ask };
}
