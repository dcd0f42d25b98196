import { bindIngressLifecycleToReplyOptions } from "../host/ingress.ts";
import type { Run } from "./runs.ts";

export type IngressLifecycle = Parameters<typeof bindIngressLifecycleToReplyOptions>[0];

type Bound = ReturnType<typeof bindIngressLifecycleToReplyOptions>["turnAdoptionLifecycle"];

/** What ties a run to its event in the inbox, for OpenClaw's reply options. */
export interface Adoption {
  replyOptions: { abortSignal: AbortSignal; turnAdoptionLifecycle: Bound & { onSettled: () => void } };
  /** OpenClaw put the request into the queue of its session: dispatch returns long before the end. */
  isQueued: () => boolean;
}

/**
 * Follows a request through OpenClaw: it can be taken back as long as it waits behind another run of its session, and is then
 * given back to the inbox without counting as a failure. `onBegun` is told when the agent takes it, `onQueued` when it has to wait,
 * `onSettled` the end of a request that had to.
 *
 * What takes a request back ends its dispatch too. A dispatch that knew nothing of it would find no place in the queue, end as
 * if all were done, and be remembered: OpenClaw would take the next attempt for a duplicate. A stop of the channel aborts what no
 * run has adopted, and nothing else.
 */
export function followAdoption(
  lifecycle: IngressLifecycle,
  run: Run,
  { onBegun, onQueued, onSettled }: { onBegun: () => void; onQueued: () => void; onSettled: () => void },
): Adoption {
  let queued = false;
  const abortSignal = AbortSignal.any([lifecycle.abortSignal, run.signal]);
  const { turnAdoptionLifecycle } = bindIngressLifecycleToReplyOptions({
    ...lifecycle,
    abortSignal,
    onAdopted: async () => {
      run.begun();
      onBegun();
      await lifecycle.onAdopted();
    },
    onDeferred: () => {
      queued = true;
      onQueued();
      lifecycle.onDeferred();
      run.queued();
    },
    onAbandoned: () => (run.takenBack() && lifecycle.onCancelled ? lifecycle.onCancelled() : lifecycle.onAbandoned()),
  });
  return {
    replyOptions: {
      abortSignal,
      turnAdoptionLifecycle: {
        ...turnAdoptionLifecycle,
        onSettled: () => {
          if (queued) onSettled();
        },
      },
    },
    isQueued: () => queued,
  };
}
