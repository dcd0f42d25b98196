import type { PluginRuntime } from "./runtime.ts";

type Entry = NonNullable<ReturnType<PluginRuntime["agent"]["session"]["getSessionEntry"]>>;
export type Summary = ReturnType<PluginRuntime["agent"]["session"]["listSessionEntries"]>[number];

/** What OpenClaw's session store says of a session. What it does not say is empty, null or 0. */
export interface StoredSession {
  title: string;
  model: string;
  thinking: string;
  verbose: string;
  reasoning: string;
  queue: string;
  tokens: { input: number; output: number; total: number } | null;
  context: { used: number; max: number } | null;
  costUsd: number | null;
  updatedAt: number;
}

const count = (value: number | undefined): number => Math.max(0, Math.round(value ?? 0));

/** Reads a session as it is stored. */
export function describeEntry(entry: Entry): StoredSession {
  const provider = entry.providerOverride ?? entry.modelProvider ?? "";
  const model = entry.modelOverride ?? entry.model ?? "";
  const total = count(entry.totalTokens);
  const told = entry.inputTokens !== undefined || entry.outputTokens !== undefined || entry.totalTokens !== undefined;
  return {
    title: entry.label ?? entry.displayName ?? entry.subject ?? "",
    model: provider && model && !model.startsWith(`${provider}/`) ? `${provider}/${model}` : model,
    thinking: entry.thinkingLevel ?? "",
    verbose: entry.verboseLevel ?? "",
    reasoning: entry.reasoningLevel ?? "",
    queue: entry.queueMode ?? "",
    tokens: told ? { input: count(entry.inputTokens), output: count(entry.outputTokens), total } : null,
    context: entry.totalTokens === undefined ? null : { used: total, max: count(entry.contextTokens) },
    costUsd: entry.estimatedCostUsd ?? null,
    updatedAt: count(entry.updatedAt),
  };
}

/** A session by its key; undefined where there is none yet. */
export function readSession(runtime: PluginRuntime, agentId: string, sessionKey: string): StoredSession | undefined {
  const entry = runtime.agent.session.getSessionEntry({ agentId, sessionKey });
  return entry && describeEntry(entry);
}

/** All sessions of an agent, with their keys. */
export function listSessions(runtime: PluginRuntime, agentId: string): { key: string; session: StoredSession }[] {
  return runtime.agent.session
    .listSessionEntries({ agentId })
    .map(({ sessionKey, entry }) => ({ key: sessionKey, session: describeEntry(entry) }));
}
