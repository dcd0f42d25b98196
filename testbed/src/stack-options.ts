import type { GatewayModel } from "./gateway-config.ts";
import type { JsonObject } from "./json.ts";
import type { Progress } from "./progress.ts";

/** What a stack shall be. Everything has a default: the product as built by `make dist`, linked by webhook, echoing. */
export interface StackOptions {
  /** Users to make, each in team `acme`; default `alice`. */
  readonly users?: readonly string[];
  /** The bundle to install in Mattermost; `false`: Mattermost without the plugin. Default: the built one. */
  readonly plugin?: string | false;
  /**
   * What to install in OpenClaw: a packed adapter (absolute path), or a package of npm's registry, such as
   * `@openclaw/mattermost@2026.9.5`; `false`: no gateway at all. Default: the built one.
   */
  readonly adapter?: string | false;
  /** With the plugin: give it the gateway's URL, so that it pushes. `false` leaves the adapter to pull. Default true. */
  readonly webhook?: boolean;
  /** Merged over `channels.mattermost` of the gateway. */
  readonly channel?: JsonObject;
  /** Merged over the whole config of the gateway. */
  readonly gateway?: JsonObject;
  readonly gatewayEnv?: Readonly<Record<string, string>>;
  /** More bots, each an account of the channel. */
  readonly bots?: readonly BotOptions[];
  /** Install the adapter into this stack alone; for tests that update or uninstall it. */
  readonly installFresh?: boolean;
  /** Put a fault proxy into each connection between the parts: `stack.wires`. */
  readonly wires?: boolean;
  /** Another model than the stub. */
  readonly model?: GatewayModel;
  /** Merged over Mattermost's settings, in the shape of config.json. */
  readonly mattermost?: JsonObject;
  /** Folder with a web client for Mattermost to serve. */
  readonly client?: string;
  readonly progress?: Progress;
}

export interface BotOptions {
  readonly username: string;
  /** Name of its account under `channels.mattermost.accounts`. */
  readonly account: string;
  /** Merged over that account's section. */
  readonly channel?: JsonObject;
}
