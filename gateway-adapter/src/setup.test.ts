import { describe, expect, it } from "@jest/globals";
import type { ChannelSetupWizard } from "openclaw/plugin-sdk/channel-setup";
import type { OpenClawConfig } from "openclaw/plugin-sdk/channel-core";
import { applySetup, validateSetup } from "./setup.ts";
import { createSetupWizard } from "./setup-wizard.ts";

type Prompter = Parameters<NonNullable<ChannelSetupWizard["finalize"]>>[0]["prompter"];

const sectionOf = (cfg: OpenClawConfig): Record<string, unknown> =>
  (cfg.channels as Record<string, Record<string, unknown>>)["mattermost"] ?? {};
const cfgOf = (mattermost: object, more: OpenClawConfig = {}): OpenClawConfig => ({
  ...more,
  channels: { mattermost },
});

describe("L11 openclaw channels add", () => {
  it("L11 S2 a token and an address make the account default, with the address made usable", () => {
    const input = { botToken: " t ", httpUrl: "https://chat.example.com/api/v4/" };
    expect(validateSetup({ cfg: {}, accountId: "default", input })).toBeNull();
    const cfg = applySetup({ cfg: {}, accountId: "default", input });
    expect(sectionOf(cfg)).toEqual({ enabled: true, botToken: "t", baseUrl: "https://chat.example.com" });
  });

  it("L11 S15 any other account gets an entry of its own, and what stands above stays", () => {
    const cfg = cfgOf({ botToken: "root", baseUrl: "https://a.example.com", chatmode: "onchar" });
    const input = { token: "t", httpUrl: "https://b.example.com", name: "Alerts" };
    expect(sectionOf(applySetup({ cfg, accountId: "alerts", input }))).toEqual({
      enabled: true,
      botToken: "root",
      baseUrl: "https://a.example.com",
      chatmode: "onchar",
      accounts: { alerts: { enabled: true, name: "Alerts", botToken: "t", baseUrl: "https://b.example.com" } },
    });
  });

  it("L11 S15 the account default is found where it stands", () => {
    const cfg = cfgOf({ accounts: { default: { botToken: "old", baseUrl: "https://a.example.com" } } });
    const next = sectionOf(applySetup({ cfg, accountId: "default", input: { botToken: "new" } }));
    expect(next).toMatchObject({ accounts: { default: { botToken: "new", baseUrl: "https://a.example.com" } } });
    expect(next["botToken"]).toBeUndefined();
  });

  it.each([
    [{}, "default", "Give --bot-token and --http-url, or --use-env."],
    [{ botToken: "t" }, "default", "Give --http-url, or --use-env."],
    [{ httpUrl: "https://chat.example.com" }, "default", "Give --bot-token, or --use-env."],
    [{ botToken: "t", httpUrl: "chat" }, "default", '"chat" is no server address.'],
    [{ useEnv: true }, "alerts", "count for the account default only"],
  ])("L11 S4 %j for %s is refused with what to give", (input, accountId, words) => {
    expect(validateSetup({ cfg: {}, accountId, input })).toContain(words);
  });

  it("L11 S4 what is known already, or stands in the environment, need not be given", () => {
    expect(validateSetup({ cfg: {}, accountId: "default", input: { useEnv: true } })).toBeNull();
    expect(sectionOf(applySetup({ cfg: {}, accountId: "default", input: { useEnv: true } }))).toEqual({
      enabled: true,
    });
    const cfg = cfgOf({ botToken: { source: "env", provider: "default", id: "X" }, baseUrl: "https://a.example.com" });
    expect(validateSetup({ cfg, accountId: "default", input: {} })).toBeNull();
  });
});

describe("L11 the setup wizard", () => {
  const wizard = createSetupWizard({});
  const at = (cfg: OpenClawConfig) => ({ cfg, accountId: "default", credentialValues: {} });

  /** Answers every question the same way, and keeps the questions. */
  const finalize = async (cfg: OpenClawConfig, answer: boolean): Promise<{ cfg: OpenClawConfig; asked: string[] }> => {
    const asked: string[] = [];
    const prompter = {
      confirm: ({ message }: { message: string }) => {
        asked.push(message);
        return Promise.resolve(answer);
      },
    } as Prompter;
    const runtime = {} as Parameters<NonNullable<ChannelSetupWizard["finalize"]>>[0]["runtime"];
    const result = await wizard.finalize?.({ ...at(cfg), prompter, runtime, forceAllowFrom: false });
    return { cfg: result?.cfg ?? cfg, asked };
  };

  it("L11 asks for a token, which may be a reference to a secret, and for an address that is one", async () => {
    const [token] = wizard.credentials;
    const [url] = wizard.textInputs ?? [];
    const ref = { source: "env", provider: "default", id: "MM_TOKEN" };
    let cfg = (await token?.applySet?.({ ...at({}), value: ref, resolvedValue: "t" })) ?? {};
    expect(url?.validate?.({ ...at(cfg), value: "chat" })).toContain("https://");
    expect(url?.validate?.({ ...at(cfg), value: "https://chat.example.com/" })).toBeUndefined();
    expect(await wizard.status.resolveConfigured({ cfg })).toBe(false);
    cfg = (await url?.applySet?.({ ...at(cfg), value: "https://chat.example.com" })) ?? {};
    expect(sectionOf(cfg)).toEqual({ enabled: true, botToken: ref, baseUrl: "https://chat.example.com" });
    expect(await wizard.status.resolveConfigured({ cfg })).toBe(true);
    expect(token?.inspect(at(cfg))).toEqual({ accountConfigured: true, hasConfiguredValue: true });
  });

  it("L11 S4 the environment is offered where it is whole, for the account default", async () => {
    const fromEnv = createSetupWizard({ MATTERMOST_BOT_TOKEN: "t", MATTERMOST_URL: "https://chat.example.com" });
    const offered = (cfg: OpenClawConfig, accountId: string) => fromEnv.envShortcut?.isAvailable({ cfg, accountId });
    expect(offered({}, "default")).toBe(true);
    expect(offered({}, "alerts")).toBe(false);
    expect(offered(cfgOf({ botToken: "t" }), "default")).toBe(false);
    expect(wizard.envShortcut?.isAvailable({ cfg: {}, accountId: "default" })).toBe(false);
    expect(await fromEnv.status.resolveConfigured({ cfg: {} })).toBe(true);
  });

  it("N18 L7 proposes one session per person, and the way to a private address where it is one", async () => {
    const yes = await finalize(cfgOf({ botToken: "t", baseUrl: "http://10.0.0.5:8065" }), true);
    expect(yes.asked).toHaveLength(2);
    expect(yes.cfg.session?.dmScope).toBe("per-channel-peer");
    expect(sectionOf(yes.cfg)).toMatchObject({ network: { dangerouslyAllowPrivateNetwork: true } });
    const no = await finalize(cfgOf({ botToken: "t", baseUrl: "http://localhost:8065" }), false);
    expect(no.cfg.session).toBeUndefined();
    expect(sectionOf(no.cfg)["network"]).toBeUndefined();
    const done = await finalize(
      cfgOf({ botToken: "t", baseUrl: "https://chat.example.com" }, { session: { dmScope: "per-peer" } }),
      true,
    );
    expect(done.asked).toEqual([]);
  });

  it("S7 opening direct messages lets everybody in, and keeps who was named", () => {
    const cfg = wizard.dmPolicy?.setPolicy(cfgOf({ allowFrom: ["a"] }), "open") ?? {};
    expect(sectionOf(cfg)).toMatchObject({ dmPolicy: "open", allowFrom: ["a", "*"] });
    expect(wizard.dmPolicy?.getCurrent({})).toBe("pairing");
  });

  it("L11 switching off keeps everything else", () => {
    expect(sectionOf(wizard.disable?.(cfgOf({ botToken: "t" })) ?? {})).toEqual({ botToken: "t", enabled: false });
  });
});
