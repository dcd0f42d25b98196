/** Says what takes long while it takes long. */
export interface Progress {
  /** One line. */
  say(text: string): void;
  /** Does `work`, saying when it begins, every few seconds that it goes on, and how long it took. */
  during<T>(name: string, work: () => Promise<T>): Promise<T>;
}

const REMINDER_MS = 10_000;

/** Lines such as `[  12.3 s] gateway: ready after 11.2 s`; the time counts from this call. */
export function createProgress(write: (line: string) => void, now: () => number = () => performance.now()): Progress {
  const begun = now();
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  const say = (text: string): void => {
    write(`[${seconds(now() - begun).padStart(6)} s] ${text}`);
  };
  return {
    say,
    async during(name, work) {
      const start = now();
      say(`${name} …`);
      const reminder = setInterval(() => {
        say(`${name} … still at it after ${seconds(now() - start)} s`);
      }, REMINDER_MS);
      reminder.unref();
      try {
        const result = await work();
        say(`${name}: done in ${seconds(now() - start)} s`);
        return result;
      } catch (error) {
        say(`${name}: FAILED after ${seconds(now() - start)} s`);
        throw error;
      } finally {
        clearInterval(reminder);
      }
    },
  };
}

/** Progress on the standard error stream, which leaves the standard output to results. */
export function stderrProgress(): Progress {
  return createProgress((line) => process.stderr.write(`${line}\n`));
}

/** For callers that want silence. */
export const silentProgress: Progress = {
  say: () => undefined,
  during: (_name, work) => work(),
};
