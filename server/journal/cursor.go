package journal

import (
	"encoding/json"
	"fmt"
	"time"
)

const (
	cursorKey = "journal_"
	// maxAge is how far back a link is read after a long outage.
	maxAge = 72 * time.Hour
)

// cursor is what is stored of a link: everything until Mark was acknowledged, and of reactions and edits everything until Floor.
type cursor struct {
	// LinkedAt tells a link from one that the same bot had before.
	LinkedAt int64 `json:"linked_at"`
	Mark     Mark  `json:"mark"`
	Floor    int64 `json:"floor"`
}

// cursors keeps the cursors of all links by compare-and-set.
type cursors struct{ kv KV }

// read returns a link's cursor and its bytes. A link without one starts at `start`.
func (c cursors) read(botID string, linkedAt, start int64) (cursor, []byte, error) {
	raw, appErr := c.kv.KVGet(cursorKey + botID)
	if appErr != nil {
		return cursor{}, nil, fmt.Errorf("read the cursor: %w", appErr)
	}
	var held cursor
	if raw == nil || json.Unmarshal(raw, &held) != nil || held.LinkedAt != linkedAt {
		held = cursor{linkedAt, markAt(start), start}
	}
	return held, raw, nil
}

// write stores a cursor in place of `before`; false if another node has written meanwhile.
func (c cursors) write(botID string, next cursor, before []byte) ([]byte, bool, error) {
	raw, err := json.Marshal(next)
	if err != nil {
		return nil, false, err
	}
	stored, appErr := c.kv.KVCompareAndSet(cursorKey+botID, before, raw)
	if appErr != nil {
		return nil, false, fmt.Errorf("write the cursor: %w", appErr)
	}
	return raw, stored, nil
}
