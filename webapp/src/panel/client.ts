import type { CommandSpec } from "@openclaw-mattermost/contract";
import type { Http } from "../http.ts";
import type { Place } from "../mattermost.ts";
import type { Mode, Pairing, PanelState, SessionSummary } from "./facts.ts";

/** The panel's calls. Each throws a RequestError when it fails. */
export interface PanelClient {
  panel: (place: Place, signal: AbortSignal) => Promise<PanelState>;
  commands: (signal: AbortSignal) => Promise<CommandSpec[]>;
  /** undefined: the gateway has been asked, and the answer comes as an event. */
  sessions: () => Promise<SessionSummary[] | undefined>;
  pairings: () => Promise<Pairing[] | undefined>;
  decidePairing: (id: string, decision: "approve" | "deny") => Promise<void>;
  engage: (channelId: string, mode: Mode) => Promise<void>;
  /** Stops this run, whatever else runs there. */
  stopRun: (id: string) => Promise<void>;
  /** Runs a command as if it were typed there; gives what Mattermost says at once, often nothing. */
  run: (place: Place, command: string) => Promise<string>;
  post: (channelId: string, rootId: string, text: string) => Promise<void>;
  /** The user's direct channel with somebody. */
  direct: (me: string, other: string) => Promise<string>;
}

/** What was known before is shown while the gateway is asked; nothing known is not nothing there. */
const known = <T>(list: T[], pending: boolean) => (pending && list.length === 0 ? undefined : list);

/** `plugin` are the plugin's routes, `mattermost` Mattermost's own. */
export function createPanelClient(plugin: Http, mattermost: Http): PanelClient {
  return {
    panel: ({ channelId, rootId }, signal) =>
      plugin.get(`/panel?${new URLSearchParams({ channel_id: channelId, root_id: rootId }).toString()}`, signal),
    commands: async (signal) => (await plugin.get<{ commands: CommandSpec[] }>("/me/catalogue", signal)).commands,
    sessions: async () => {
      const { sessions, pending } = await plugin.get<{ sessions: SessionSummary[]; pending: boolean }>("/me/sessions");
      return known(sessions, pending);
    },
    pairings: async () => {
      const { requests, pending } = await plugin.get<{ requests: Pairing[]; pending: boolean }>("/admin/pairing");
      return known(requests, pending);
    },
    decidePairing: (id, decision) => plugin.post(`/admin/pairing/${encodeURIComponent(id)}/${decision}`),
    engage: (channelId, mode) => plugin.post(`/channels/${encodeURIComponent(channelId)}/engagement`, { mode }),
    stopRun: (id) => plugin.post(`/panel/runs/${encodeURIComponent(id)}/stop`),
    run: async ({ teamId, channelId, rootId }, command) => {
      const args = { command, channel_id: channelId, team_id: teamId, root_id: rootId };
      return (await mattermost.post<{ text?: string }>("/commands/execute", args)).text ?? "";
    },
    post: async (channelId, rootId, message) => {
      await mattermost.post("/posts", { channel_id: channelId, root_id: rootId, message });
    },
    direct: async (me, other) => (await mattermost.post<{ id: string }>("/channels/direct", [me, other])).id,
  };
}
