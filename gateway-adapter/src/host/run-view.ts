import type { PluginRuntime } from "./runtime.ts";

type Dispatch = Parameters<PluginRuntime["channel"]["inbound"]["dispatch"]>[0];
export type ReplyOptions = NonNullable<Dispatch["replyOptions"]>;

/** What people see of a run before its answer. */
export interface RunView {
  /** What OpenClaw calls on the way. */
  replyOptions: ReplyOptions;
  /** The agent is at work: the request waits behind no other one any more. */
  begun: () => void;
  /** The answer is about to be posted: nothing of the view changes any more. */
  onFinal: () => void;
  /** The run is over, however it ended. Nothing of the view stays. Never rejects. */
  end: () => Promise<void>;
}

/** A run that shows nothing until it answers. `blocks`: it answers in parts, as they are ready. */
export function silentView(blocks: boolean | undefined): RunView {
  return {
    replyOptions: blocks === undefined ? {} : { disableBlockStreaming: !blocks },
    begun: () => undefined,
    onFinal: () => undefined,
    end: () => Promise.resolve(),
  };
}
