import { setImmediate as breathe } from "node:timers/promises";
import type { IngressLifecycle } from "./adoption.ts";
import type { PluginRuntime } from "../host/runtime.ts";

type Channel = PluginRuntime["channel"];
type Dispatch = Channel["inbound"]["dispatch"];
type Lifecycle = IngressLifecycle & { onSettled?: () => void };

/** A request that reached the agent. */
export interface FakeRun {
  text: string;
  postId: string;
  state: "running" | "done" | "cancelled";
}

/** Turns of the event loop until a request that has to wait is in its session's queue. */
export const DEFER_BREATHS = 2;

const FALSE_ALARM = "⚠️ OpenClaw couldn't produce or deliver a reply. Please try again.";

interface Waiting {
  run: () => Promise<void>;
}

/**
 * For tests: what OpenClaw does with a request in one session. It runs at once and is adopted, or it waits in the session's
 * queue while another run is under way, until its turn comes or its signal takes it out; then it is abandoned and settled. What
 * it takes for done it does not begin again. `falseAlarms`: of a request that waits it says that there is no answer.
 * `looksAgain`: the run before may have ended when it would begin to wait.
 */
export function createFakeOpenClaw(
  onRun: (run: FakeRun) => void = () => undefined,
  { falseAlarms = false, looksAgain = false }: { falseAlarms?: boolean; looksAgain?: boolean } = {},
) {
  const runs: FakeRun[] = [];
  const queue: Waiting[] = [];
  const sessions = new Map<string, object>();
  const remembered = new Set<string>();
  const handed: string[] = [];
  let busy = false;
  let finishCurrent: (() => void) | undefined;
  const isBusy = (): boolean => busy;

  /** Runs until `finish` or the signal. */
  async function execute(run: FakeRun, signal: AbortSignal): Promise<void> {
    runs.push(run);
    onRun(run);
    const end = Promise.withResolvers<undefined>();
    finishCurrent = () => end.resolve(undefined);
    const onAbort = (): void => {
      run.state = "cancelled";
      end.resolve(undefined);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    await end.promise;
    signal.removeEventListener("abort", onAbort);
    if (run.state === "running") run.state = "done";
    free();
  }
  function free(): void {
    busy = false;
    finishCurrent = undefined;
    const next = queue.shift();
    if (!next) return;
    busy = true;
    void next.run();
  }

  const dispatch = (async ({ ctxPayload, replyOptions, delivery }: Parameters<Dispatch>[0]) => {
    const facts = ctxPayload as unknown as { text: string; postId: string };
    const life = replyOptions?.turnAdoptionLifecycle as unknown as Lifecycle;
    const run: FakeRun = { ...facts, state: "running" };
    const isTakenBack = (): boolean => life.abortSignal.aborted;
    if (remembered.has(run.postId)) return;
    handed.push(run.text);
    const beginAtOnce = async (): Promise<void> => {
      busy = true;
      const signal = replyOptions?.abortSignal ?? new AbortController().signal;
      if (signal.aborted) {
        free();
        return;
      }
      await life.onAdopted();
      return execute(run, signal);
    };
    if (!isBusy()) return beginAtOnce();
    // That it has to wait turns out only after a while.
    for (let i = 0; i < DEFER_BREATHS; i += 1) await breathe();
    if (looksAgain && !isBusy()) return beginAtOnce();
    if (isTakenBack()) {
      if (!replyOptions?.abortSignal?.aborted) remembered.add(run.postId);
      return;
    }
    life.onDeferred();
    const waiting: Waiting = {
      run: async () => {
        life.abortSignal.removeEventListener("abort", takeOut);
        await life.onAdopted();
        await execute(run, life.abortSignal);
        life.onSettled?.();
      },
    };
    const takeOut = (): void => {
      const at = queue.indexOf(waiting);
      if (at < 0) return;
      queue.splice(at, 1);
      void life.onAbandoned();
      life.onSettled?.();
    };
    queue.push(waiting);
    if (falseAlarms) await delivery.deliver({ text: FALSE_ALARM }, { kind: "final" });
    if (isTakenBack()) takeOut();
    else life.abortSignal.addEventListener("abort", takeOut, { once: true });
    if (!isBusy()) free();
  }) as unknown as Dispatch;

  const channel = {
    routing: { resolveAgentRoute: () => ({ agentId: "main", sessionKey: "session", mainSessionKey: "main" }) },
    mentions: {
      buildMentionRegexes: () => [],
      matchesMentionPatterns: () => false,
      resolveInboundMentionDecision: ({ facts, policy }: { facts: Facts; policy: Policy }) => ({
        shouldSkip:
          policy.isGroup && policy.requireMention && !facts.wasMentioned && facts.implicitMentionKinds.length === 0,
        effectiveWasMentioned: facts.wasMentioned,
      }),
    },
    commands: { isControlCommandMessage: () => false },
    inbound: {
      ingress: {
        resolveStable: () => Promise.resolve({ ingress: { decision: "allow" }, commandAccess: { authorized: true } }),
      },
      buildContext: ({ message, messageId }: { message: { bodyForAgent: string }; messageId: string }) => ({
        text: message.bodyForAgent,
        postId: messageId,
      }),
      dispatch,
    },
  };
  return {
    runtime: {
      channel,
      config: { current: () => ({}) },
      agent: { session: { getSessionEntry: ({ sessionKey }: { sessionKey: string }) => sessions.get(sessionKey) } },
    } as unknown as PluginRuntime,
    /** Sessions by their keys. */
    sessions,
    /** What was handed over, in this order. */
    handed,
    /** What the agent was asked, in this order. */
    runs,
    /** Somebody else's run holds the session until `finish`. */
    occupy: (): void => {
      if (busy) return;
      busy = true;
      finishCurrent = free;
    },
    /** The run that is under way ends. */
    finish: (): void => finishCurrent?.(),
    isBusy,
  };
}
interface Facts {
  wasMentioned: boolean;
  implicitMentionKinds: readonly string[];
}
interface Policy {
  isGroup: boolean;
  requireMention: boolean;
}
export type FakeOpenClaw = ReturnType<typeof createFakeOpenClaw>;
