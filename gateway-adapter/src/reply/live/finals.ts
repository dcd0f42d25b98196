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
    /** What the draft is at the moment when its post is made. */
    make: () => Final;
    final: Final | undefined;
    onceKey: string | undefined;
    onTaken: () => void;
  }
  const waiting = new Map<string, Entry>();
  return {
    /** The next post in this place is the answer of the draft, until `end` is called. */
    expect(channelId: string, rootId: string, make: () => Final): Expected {
      const taken = Promise.withResolvers<undefined>();
      const onTaken = (): void => {
        taken.resolve(undefined);
      };
      const entry: Entry = { make, final: undefined, onceKey: undefined, onTaken };
      waiting.set(key(channelId, rootId), entry);
      return {
        wasTaken: () => entry.final !== undefined,
        taken: taken.promise,
        end: () => {
          if (waiting.get(key(channelId, rootId)) === entry) waiting.delete(key(channelId, rootId));
        },
      };
    },
    /** What a post takes over; another attempt of the same send takes the same. */
    take(channelId: string, rootId: string, onceKey: string | undefined): Final | undefined {
      const entry = waiting.get(key(channelId, rootId));
      if (!entry || (entry.final && (onceKey === undefined || entry.onceKey !== onceKey))) return undefined;
      entry.final ??= entry.make();
      entry.onTaken();
      entry.onceKey = onceKey;
      return entry.final;
    },
  };
}
export type Finals = ReturnType<typeof createFinals>;
