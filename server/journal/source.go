// Package journal reads Mattermost's own tables as the log of what happened: an ordered, overlapping sweep over posts and
// reactions since a stored cursor, by the one node that holds the lease. What hooks lost, it finds.
package journal

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
)

// lastID is greater than every id of Mattermost, in every collation.
const lastID = "zzzzzzzzzzzzzzzzzzzzzzzzzzz"

// Position is a place in one of the two orders of posts: a time in milliseconds, and an id among those of the same time.
type Position struct {
	At int64  `json:"at"`
	ID string `json:"id"`
}

// Mark is how far both orders were read: posts by creation, and by their last change.
type Mark struct {
	Created Position `json:"created"`
	Updated Position `json:"updated"`
}

// markAt is the mark behind everything that happened until a time.
func markAt(ms int64) Mark { return Mark{Position{ms, lastID}, Position{ms, lastID}} }

// at is the time until which everything was read.
func (m Mark) at() int64 { return min(m.Created.At, m.Updated.At) }

// atLeast is the mark, but in neither order before a time.
func (m Mark) atLeast(ms int64) Mark {
	if m.Created.At < ms {
		m.Created = Position{ms, lastID}
	}
	if m.Updated.At < ms {
		m.Updated = Position{ms, lastID}
	}
	return m
}

// notBefore is the mark, but in neither order before another.
func (m Mark) notBefore(other Mark) Mark {
	return Mark{m.Created.orLater(other.Created), m.Updated.orLater(other.Updated)}
}

func (p Position) orLater(other Position) Position {
	if other.At > p.At || other.At == p.At && other.ID > p.ID {
		return other
	}
	return p
}

// back is the mark, but in neither order after a time.
func (m Mark) back(ms int64) Mark {
	if m.Created.At > ms {
		m.Created = Position{ms, lastID}
	}
	if m.Updated.At > ms {
		m.Updated = Position{ms, lastID}
	}
	return m
}

// Ref is as much of a row as tells whether its events are known already.
type Ref struct {
	ID       string `json:"id"`
	At       int64  `json:"at"`
	EditAt   int64  `json:"editat"`
	DeleteAt int64  `json:"deleteat"`
	// Bytes is the size of the text.
	Bytes int `json:"bytes"`
	// Joined is when the bot came into the channel: what happened before is none of its business.
	Joined int64 `json:"joined"`
}

// Reacted is a reaction's row with where its post stands.
type Reacted struct {
	model.Reaction
	// At is the last change of the post.
	At     int64  `json:"at"`
	RootID string `json:"root_id"`
	Joined int64  `json:"joined"`
}

// Page is what a scan found. Rows of other channels are counted, so that the mark follows what was scanned.
type Page struct {
	Created   []Ref     `json:"created"`
	Updated   []Ref     `json:"updated"`
	Reactions []Reacted `json:"reactions"`
	// The counts say how many rows were scanned in each order, the last ones where its scan ended.
	CreatedCount int       `json:"created_count"`
	UpdatedCount int       `json:"updated_count"`
	CreatedLast  *Position `json:"created_last"`
	UpdatedLast  *Position `json:"updated_last"`
}

// Query says what to scan: after From, until To, reactions after Floor, at most Limit rows in each order.
type Query struct {
	BotID     string
	From      Mark
	To, Floor int64
	Limit     int
}

// Source is where rows come from.
type Source interface {
	// Mode names it in the status: "sql" or "api".
	Mode() string
	Scan(ctx context.Context, q Query) (Page, error)
	// Load reads rows in full. One that is gone is left out.
	Load(ctx context.Context, ids []string) ([]event.Row, error)
}
