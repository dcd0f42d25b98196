import type { PostEvent } from "@openclaw-mattermost/contract";
import type { MattermostAccount } from "../config/account-config.ts";
import { messageOf } from "../errors.ts";
import type { MattermostClient } from "../mattermost/client.ts";
import type { PreviewNotes } from "../notes/previews.ts";
import { createLiveDraft } from "../reply/live/draft.ts";
import type { Finals } from "../reply/live/finals.ts";
import { liveView } from "../reply/live/live-view.ts";
import { createPreview, type Preview } from "../reply/progress/preview.ts";
import { previewView } from "../reply/progress/preview-view.ts";
import { silentView, type RunView } from "../host/run-view.ts";

export interface ViewDeps {
  client: Pick<MattermostClient, "live" | "createPost" | "editPost" | "deletePost">;
  previews: PreviewNotes;
  finals: Finals;
  split: (text: string) => string[];
  /** Whether the plugin is there to show answers on their way. */
  isLinked: () => boolean;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  log: (sentence: string, fields: Record<string, string | number>) => void;
}

/** The post that is answered, and what is known of it when its run begins. */
interface Asked {
  channel: Pick<PostEvent["channel"], "id">;
  post: Pick<PostEvent["post"], "id">;
}
interface Known {
  account: Pick<MattermostAccount, "accountId" | "streaming" | "live">;
  where: { replyRoot: string };
}

/** An edit costs the server a write and every client a redraw. */
const THROTTLE_MS = 1_000;
/** A plugin that is too old to show anything is asked again after this time. */
const REFUSED_MS = 300_000;
const NO_ROUTE = "route.unknown";

/** How a run is shown before its answer, by `streaming.mode`. Each run has a view of its own. */
export function createViews(deps: ViewDeps) {
  let refusedUntil = 0;

  function live(event: Asked, { account, where }: Known, preview: () => Preview): RunView {
    const place = { channelId: event.channel.id, rootId: where.replyRoot, requestId: event.post.id };
    const draft = createLiveDraft(
      {
        send: deps.client.live,
        now: deps.now,
        sleep: deps.sleep,
        onRefused: (error) => {
          const facts = { account: account.accountId, reason: messageOf(error) };
          if (error.serverId !== NO_ROUTE) {
            deps.log("The plugin does not show this answer on its way.", { ...facts, channel: place.channelId });
            return;
          }
          refusedUntil = deps.now() + REFUSED_MS;
          deps.log("The plugin shows no answers on their way; previews are used for a while.", facts);
        },
        log: deps.log,
      },
      place,
    );
    return liveView({
      draft,
      finals: deps.finals,
      streaming: account.streaming,
      place,
      now: deps.now,
      sleep: deps.sleep,
      notice: { preview: preview(), afterMs: account.live.longRunSeconds * 1_000 },
    });
  }

  return (event: Asked, admitted: Known): RunView => {
    const { account, where } = admitted;
    const { streaming } = account;
    const { mode } = streaming;
    const preview = (): Preview =>
      createPreview(
        { client: deps.client, notes: deps.previews, split: deps.split, throttleMs: THROTTLE_MS, log: deps.log },
        { channelId: event.channel.id, rootId: where.replyRoot },
      );
    if (mode === "off") return silentView(streaming.block?.enabled);
    if (mode === "partial" && account.live.enabled && deps.isLinked() && deps.now() >= refusedUntil)
      return live(event, admitted, preview);
    return previewView(preview(), { mode, streaming, seed: `${account.accountId}:${event.channel.id}` });
  };
}
