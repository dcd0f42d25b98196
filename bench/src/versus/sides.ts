import {
  Gateway,
  type FaultProxy,
  INSPECTABLE,
  type Stack,
  type StackBot,
  startFaultProxy,
} from "@openclaw-mattermost/testbed";

/** What this product is held against, from npm. */
export const OFFICIAL = "@openclaw/mattermost@2026.9.5";

/** A gateway with one of the two channels, its bot, and the connections that can be cut. */
export interface Side {
  readonly name: "official" | "ours";
  readonly gateway: Gateway;
  readonly bot: StackBot;
  /** Cuts it off from Mattermost, and Mattermost from it. */
  readonly cut: (cut: boolean) => void;
}

/**
 * Both sides on the same server, with the same model and the same settings. The official channel gets a bot and a gateway of its own.
 * `cuttable`: with connections that can be cut, as the stack's have to be then; they cost time.
 */
export async function startSides(
  stack: Stack,
  { cuttable }: { cuttable: boolean },
): Promise<{ sides: readonly Side[] } & AsyncDisposable> {
  await using cleanup = new AsyncDisposableStack();
  const wire = cuttable ? cleanup.use(await startFaultProxy()) : undefined;
  const { hostname, port } = new URL(stack.mattermost.url);
  if (wire) wire.target = { host: hostname, port: Number(port) };
  const { user_id: id } = await stack.admin.createBot("official");
  const bot: StackBot = { id, username: "official", token: await stack.admin.createToken(id), account: "default" };
  await stack.adminUser.addToTeam(stack.team.id, id);
  const gateway = cleanup.use(
    await Gateway.prepare(stack.run, {
      model: { kind: "stub", baseUrl: stack.model.baseUrl },
      adapter: OFFICIAL,
      name: "official",
      env: INSPECTABLE,
    }),
  );
  await stack.run.progress.during("gateway with the official channel", () =>
    gateway.configureAndStart({
      channel: {
        enabled: true,
        botToken: bot.token,
        baseUrl: `http://127.0.0.1:${String(wire?.port ?? port)}`,
        dmPolicy: "open",
        allowFrom: ["*"],
        groupPolicy: "open",
        network: { dangerouslyAllowPrivateNetwork: true },
      },
    }),
  );
  const ours = cuttable ? [stack.wires.mattermost, stack.wires.gateway] : [];
  const started = cleanup.move();
  return {
    sides: [
      { name: "official", gateway, bot, cut: cutter(wire ? [wire] : []) },
      { name: "ours", gateway: stack.gateway, bot: stack.bot, cut: cutter(ours) },
    ],
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

const cutter =
  (wires: readonly FaultProxy[]) =>
  (cut: boolean): void => {
    for (const wire of wires) wire.set({ kind: cut ? "refused" : "none" });
  };
