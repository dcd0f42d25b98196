import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { CommandResult } from "./command.ts";
import { TestbedError } from "./errors.ts";
import { gatewayConfig, type GatewayModel } from "./gateway-config.ts";
import { installAdapter, seedFromTemplate } from "./gateway-template.ts";
import { type JsonObject, mergeJson } from "./json.ts";
import { quoteLog } from "./log-tail.ts";
import {
  networkEnvironment,
  openClawCommand,
  openClawEnvironment,
  type OpenClawHome,
  openClawHome,
  runOpenClaw,
} from "./openclaw.ts";
import { Part } from "./part.ts";
import { onFreePort } from "./ports.ts";
import type { Run } from "./run.ts";

/** 11 s on two idle cores; 52 s were measured with four stacks on them. */
const READY_DEADLINE_MS = 120_000;
/** Who can connect has done so by then. */
const CONNECTED_MS = 20_000;
/** A gateway in the middle of a turn would take minutes. */
const STOP_DEADLINE_MS = 30_000;

export interface GatewayOptions {
  readonly model: GatewayModel;
  /** A packed adapter (absolute path), or a package in npm's registry; without it no channel plugin is installed. */
  readonly adapter?: string;
  /** Install into this gateway alone, for tests that update or uninstall the plugin. Costs ten seconds or more. */
  readonly installFresh?: boolean;
  /** Folder and name in messages; default `gateway`. Two gateways of one run need two names. */
  readonly name?: string;
  /** Added to the gateway's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The exit status by which OpenClaw says that its config file is invalid; its log does not say why. */
const INVALID_CONFIG = 78;

/** What a gateway is started with. */
export interface GatewaySettings {
  /** The section `channels.mattermost`. */
  readonly channel?: JsonObject;
  /** Merged over the whole config file (JSON merge patch). */
  readonly overrides?: JsonObject;
}

/** A real OpenClaw gateway with a state folder of its own, which keeps its address and state over restarts. */
export class Gateway implements AsyncDisposable {
  /** The bearer token of its own API. */
  readonly token = randomBytes(24).toString("hex");
  readonly home: OpenClawHome;
  readonly logFile: string;
  readonly #run: Run;
  readonly #options: GatewayOptions;
  #port = 0;
  #part: Part | undefined;

  private constructor(run: Run, options: GatewayOptions) {
    this.#run = run;
    this.#options = options;
    this.home = openClawHome(run.subfolder(options.name ?? "gateway"));
    this.logFile = join(this.home.folder, "gateway.log");
  }

  /** Makes a gateway with the adapter installed; it does not run yet. */
  static async prepare(run: Run, options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(run, options);
    if (options.adapter && options.installFresh) {
      await installAdapter(run, gateway.home, options.adapter);
    } else if (options.adapter) {
      await seedFromTemplate(run, gateway.home, options.adapter);
    }
    return gateway;
  }

  /** `http://127.0.0.1:<port>`, known from the first start on. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get pid(): number | undefined {
    return this.#part?.pid;
  }

  /** Writes the config file for a free port, and starts. */
  async configureAndStart(settings: GatewaySettings): Promise<void> {
    await onFreePort(async (port) => {
      this.#port = port;
      const { folder, configFile } = this.home;
      const wanted = gatewayConfig({ folder, port, token: this.token, model: this.#options.model, ...settings });
      // What `plugins install` wrote stays, as it does when a user goes on to edit the file.
      this.#writeConfig(existsSync(configFile) ? mergeJson(this.config(), wanted) : wanted);
      await this.start();
    });
  }

  /** Starts with the config file as it is, and waits until the gateway calls itself ready. */
  async start(): Promise<void> {
    const { name = "gateway" } = this.#options;
    const part = await Part.start(
      {
        name,
        ...openClawCommand("gateway", "run"),
        cwd: this.home.folder,
        env: openClawEnvironment(this.home, this.#environment()),
        logFile: this.logFile,
        stopDeadlineMs: STOP_DEADLINE_MS,
      },
      this.#run.keeper,
    );
    try {
      await part.ready(() => this.isReady(), READY_DEADLINE_MS);
    } catch (error) {
      const { code } = await part.stop();
      if (code !== INVALID_CONFIG) throw error;
      const { stdout, stderr } = await this.cli("config", "validate");
      throw new TestbedError("part.exited", `${name} refuses its config`, { cause: error, tail: `${stdout}${stderr}` });
    }
    this.#part = part;
  }

  async stop(): Promise<void> {
    const part = this.#part;
    this.#part = undefined;
    await part?.stop();
  }

  /** kill -9. */
  async crash(): Promise<void> {
    const part = this.#part;
    this.#part = undefined;
    await part?.crash();
    part?.reap();
  }

  /**
   * Lets the crashes so far lie further back than OpenClaw looks: of a few within five minutes it concludes that the gateway
   * crashes by itself, and starts no channel any more. The gateway must not run.
   */
  forgetCrashes(): void {
    using db = new DatabaseSync(join(this.home.stateDir, "state", "openclaw.sqlite"));
    db.exec("DELETE FROM gateway_boot_lifecycle");
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Stands still without losing its connections, until {@link resume}. */
  freeze(): void {
    this.#part?.signal("SIGSTOP");
  }

  resume(): void {
    this.#part?.signal("SIGCONT");
  }

  /** Started, and its channels connected, or at least given the time that this takes: Mattermost may be down. */
  async isReady(): Promise<boolean> {
    const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2000) });
    const said = (await response.json()) as { failing?: readonly string[]; uptimeMs?: number };
    const { failing = ["unknown"], uptimeMs = 0 } = said;
    const waits = uptimeMs > CONNECTED_MS && failing.every((part) => part === "mattermost");
    return response.ok || waits;
  }

  /** `openclaw <args>` on this gateway's home. */
  cli(...args: string[]): Promise<CommandResult> {
    return runOpenClaw(this.home, args, this.#run.keeper, this.#environment());
  }

  /** The config file as it is now. */
  config(): JsonObject {
    return JSON.parse(readFileSync(this.home.configFile, "utf8")) as JsonObject;
  }

  /** Merges into the config file (JSON merge patch: null deletes). A running gateway notices by itself. */
  patchConfig(patch: JsonObject): void {
    this.#writeConfig(mergeJson(this.config(), patch));
  }

  tail(count = 40): string {
    return quoteLog(this.logFile, count);
  }

  /** Ends it at once: a polite stop waits for turns that nobody will read. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.crash();
  }

  #environment(): NodeJS.ProcessEnv {
    const { model, env } = this.#options;
    return { ...(model.kind === "provider" ? { ...networkEnvironment(), ...model.env } : {}), ...env };
  }

  #writeConfig(config: JsonObject): void {
    const aside = `${this.home.configFile}.new`;
    writeFileSync(aside, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
    renameSync(aside, this.home.configFile);
  }
}
