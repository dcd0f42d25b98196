// Package event makes the wire's events (contract/README.md) out of Mattermost's rows.
package event

// Types of event that this plugin makes.
const (
	PostCreated     = "post.created"
	PostEdited      = "post.edited"
	PostDeleted     = "post.deleted"
	ReactionAdded   = "reaction.added"
	ReactionRemoved = "reaction.removed"
	PingType        = "ping"
)

// Event is one thing that happened in Mattermost. Once queued it is never changed.
type Event struct {
	// ID is derived from the row, so that a hook and a later sweep make the same one.
	ID   string `json:"id"`
	Type string `json:"type"`
	// Lane is the channel's id: events of a lane are delivered one after the other.
	Lane string `json:"lane"`
	// TS says when it happened, in milliseconds since 1970.
	TS int64 `json:"ts"`
	// Stale is set at delivery, on a copy.
	Stale bool `json:"stale"`
	// Place is nil for a ping.
	*Place
	Post     *Post     `json:"post,omitempty"`
	Reaction *Reaction `json:"reaction,omitempty"`
	Ping     *Ping     `json:"ping,omitempty"`
}

// Author is the id of whoever did it; empty for a ping.
func (e *Event) Author() string {
	if e.Place == nil {
		return ""
	}
	return e.Actor.ID
}

// Place says who did it and where, from the server's own records.
type Place struct {
	Actor   Actor   `json:"actor"`
	Channel Channel `json:"channel"`
	// ThreadRoot is empty at top level.
	ThreadRoot string `json:"thread_root"`
}

// Actor is who did it.
type Actor struct {
	ID          string `json:"id"`
	Username    string `json:"username"`
	DisplayName string `json:"display_name"`
	IsBot       bool   `json:"is_bot"`
	IsGuest     bool   `json:"is_guest"`
	IsSystem    bool   `json:"is_system"`
	IsWebhook   bool   `json:"is_webhook"`
}

// Channel is where it happened. Type is Mattermost's: O public, P private, D direct, G group.
type Channel struct {
	ID          string `json:"id"`
	Type        string `json:"type"`
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	TeamID      string `json:"team_id"`
	TeamName    string `json:"team_name"`
}

// Post is a post as it was when the event was made.
type Post struct {
	ID       string `json:"id"`
	UserID   string `json:"user_id"`
	RootID   string `json:"root_id"`
	CreateAt int64  `json:"create_at"`
	// Content is nil for a deleted post: its text does not travel.
	*Content
}

// Content is what a post says.
type Content struct {
	Message string         `json:"message"`
	Type    string         `json:"type"`
	EditAt  int64          `json:"edit_at"`
	FileIDs []string       `json:"file_ids"`
	Props   map[string]any `json:"props"`
}

// Reaction is an emoji on a post.
type Reaction struct {
	PostID    string `json:"post_id"`
	EmojiName string `json:"emoji_name"`
	CreateAt  int64  `json:"create_at"`
}

// Ping asks the adapter to prove itself with the bot token.
type Ping struct {
	Challenge string `json:"challenge"`
}

// NewPing makes the event that carries a challenge.
func NewPing(challenge string, ts int64) *Event {
	return &Event{ID: PingType + ":" + challenge, Type: PingType, Lane: PingType, TS: ts, Ping: &Ping{challenge}}
}
