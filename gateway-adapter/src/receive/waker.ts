/** A sleep that can be cut short: by its signal, or by `wake` when something has happened. */
export function createWaker() {
  let current: (() => void) | undefined;
  return {
    sleep: (ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", finish);
          current = undefined;
          resolve();
        };
        const timer = setTimeout(finish, ms);
        signal.addEventListener("abort", finish, { once: true });
        current = finish;
        if (signal.aborted) finish();
      }),
    wake: (): void => current?.(),
  };
}
