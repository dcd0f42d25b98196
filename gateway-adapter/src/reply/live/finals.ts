/** How the post of an answer takes the place of its draft. */
export interface Final {
  /** The draft's id: Mattermost's web client puts the post with this `pending_post_id` in the draft's place. */
  pendingPostId: string;
  props: Record<string, unknown>;
}

/** A draft whose post is awaited. `taken` resolves when a post takes its place. */
export interface Expected {
  wasTaken: () => boolean;
  taken: Promise<undefined>;
  end: () => void;
}

const key = (channelId: string, rootId: string): string => `${channelId}:${rootId}`;

/** The drafts whose answers are being posted right now. */
export function createFinals() {
  interface Entry {
    final: Final;
    onceKey: string | undefined;
    taken: boolean;
    onTaken: () => void;
  }
  const waiting = new Map<string, Entry>();
  return {
    /** The next post in this place is the answer of the draft, until `end` is called. */
    expect(channelId: string, rootId: string, final: Final): Expected {
      const taken = Promise.withResolvers<undefined>();
      const onTaken = (): void => {
        taken.resolve(undefined);
      };
      const entry: Entry = { final, onceKey: undefined, taken: false, onTaken };
      waiting.set(key(channelId, rootId), entry);
      return {
        wasTaken: () => entry.taken,
        taken: taken.promise,
        end: () => {
          if (waiting.get(key(channelId, rootId)) === entry) waiting.delete(key(channelId, rootId));
        },
      };
    },
    /** What a post takes over; another attempt of the same send takes the same. */
    take(channelId: string, rootId: string, onceKey: string | undefined): Final | undefined {
      const entry = waiting.get(key(channelId, rootId));
      if (!entry || (entry.taken && (onceKey === undefined || entry.onceKey !== onceKey))) return undefined;
      entry.taken = true;
      entry.onTaken();
      entry.onceKey = onceKey;
      return entry.final;
    },
  };
}
export type Finals = ReturnType<typeof createFinals>;
