import type { Hello, Transport, Welcome } from "@openclaw-mattermost/contract";
import type { Problem } from "../errors.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import { keepSayingHello } from "../receive/hello.ts";
import type { KeyRing } from "../receive/keys.ts";
import { keepPulling } from "../receive/pull.ts";
import { createWaker } from "../receive/waker.ts";
import type { Receiver } from "../receive/webhook.ts";
import type { Log } from "./facts.ts";

export interface PluginLinkDeps {
  accountId: string;
  client: MattermostClient;
  keys: KeyRing;
  receiver: Receiver;
  hello: Pick<Hello, "gateway_id" | "adapter_version" | "openclaw_version" | "proposed_url">;
  /** The commands that are served, as they are now. Never rejects. */
  catalogue: () => Promise<Hello["catalogue"]>;
  transport: Transport;
  /** The mark of the last welcome, over restarts; 0 if there was none. */
  mark: () => number;
  onWelcome: (welcome: Welcome) => void;
  onProblems: (source: "hello" | "pull", problems: readonly Problem[]) => void;
  log: { info: Log };
}

/** Code of the problem that there is no plugin to link with. */
export const PLUGIN_MISSING = "plugin.missing";

/** What ties an account to the Mattermost plugin: says hello, and pulls where the plugin does not push. */
export function createPluginLink(deps: PluginLinkDeps) {
  const helloWaker = createWaker();
  const pullWaker = createWaker();
  let welcome: Welcome | undefined;
  let welcomeAt: number | undefined;

  const onWelcome = (next: Welcome): void => {
    const first = welcome === undefined;
    welcome = next;
    welcomeAt = Date.now();
    deps.keys.replace(next.jwks);
    deps.onWelcome(next);
    pullWaker.wake();
    if (first) {
      deps.log.info("Linked with the plugin.", {
        account: deps.accountId,
        plugin: next.plugin_version,
        server: next.server_version,
        link: next.link.state,
        delivery: next.delivery.state,
      });
    }
  };
  const onPullProblems = (problems: readonly Problem[]): void => {
    // Between two hellos of a link that is well lie minutes: a plugin that is switched off is noticed here first.
    if (problems.some(({ code }) => code === PLUGIN_MISSING)) helloWaker.wake();
    deps.onProblems("pull", problems);
  };

  return {
    welcome: () => welcome,
    welcomeAt: () => welcomeAt,
    /** The next hello is said at once, so that what it tells is true. */
    helloNow: helloWaker.wake,
    /** The next pull is tried at once. */
    pullNow: pullWaker.wake,
    /** Runs until the signal aborts. */
    run: async (signal: AbortSignal): Promise<void> => {
      const { accountId, client, receiver, transport } = deps;
      const hello = keepSayingHello(
        {
          client,
          hello: { ...deps.hello, account: accountId, transport },
          catalogue: deps.catalogue,
          mark: deps.mark,
          now: Date.now,
          sleep: helloWaker.sleep,
          onWelcome,
          onProblems: (problems) => deps.onProblems("hello", problems),
        },
        signal,
      );
      const pull =
        transport === "webhook"
          ? undefined
          : keepPulling(
              {
                client,
                receiver,
                isLinked: () => welcome?.link.state === "linked" && !receiver.isHeld(),
                now: Date.now,
                random: Math.random,
                sleep: pullWaker.sleep,
                onTurn: helloWaker.wake,
                onProblems: onPullProblems,
              },
              signal,
            );
      await Promise.all([hello, pull]);
    },
  };
}
export type PluginLink = ReturnType<typeof createPluginLink>;
