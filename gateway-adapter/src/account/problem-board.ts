import type { Problem } from "../errors.ts";
import type { Logs } from "./facts.ts";

/** Who finds problems: each replaces only what it said itself. */
export type ProblemSource = "config" | "hello" | "pull" | "socket" | "commands";

/** What is wrong with an account at the moment, from all who look, each problem once; said in the log as it comes. */
export function createProblemBoard(deps: {
  accountId: string;
  log: Logs;
  /** Nobody has to care about it as things are. */
  isMoot: (problem: Problem) => boolean;
  onChange: () => void;
}) {
  const { accountId, log } = deps;
  const found: Record<ProblemSource, readonly Problem[]> = {
    hello: [],
    pull: [],
    socket: [],
    commands: [],
    config: [],
  };
  let problems: readonly Problem[] = [];

  return {
    problems: () => problems,
    tell(source: ProblemSource, these: readonly Problem[]): void {
      // A pull says after each delivery that all is well.
      if (source === "pull" && these.length === 0 && found.pull.length === 0) return;
      found[source] = these;
      const all = Object.values(found)
        .flat()
        .filter((problem) => !deps.isMoot(problem));
      const next = all.filter(({ code }, i) => all.findIndex((each) => each.code === code) === i);
      for (const { code, severity, message, fix } of next) {
        if (!problems.some((known) => known.code === code))
          (severity === "error" ? log.error : log.warn)(`${message} ${fix}`, { account: accountId, code });
      }
      if (problems.some(isOfLink) && !next.some(isOfLink))
        log.info("The link to Mattermost is well again.", { account: accountId });
      problems = next;
      deps.onChange();
    },
  };
}

/** What the config says stays as long as the account runs. */
const isOfLink = ({ code }: Problem): boolean => !code.startsWith("config.");
export type ProblemBoard = ReturnType<typeof createProblemBoard>;
