// Package event makes the wire's events (contract/README.md) out of Mattermost's rows.
package event

// Types of event that this plugin makes.
const (
	PostCreated     = "post.created"
	PostEdited      = "post.edited"
	PostDeleted     = "post.deleted"
	ReactionAdded   = "reaction.added"
	ReactionRemoved = "reaction.removed"
	CommandInvoked  = "command.invoked"
	ActionClicked   = "action.clicked"
	DialogSubmitted = "dialog.submitted"
	PanelAsked      = "panel.asked"
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
	Command  *Command  `json:"command,omitempty"`
	Click    *Click    `json:"click,omitempty"`
	Dialog   *Dialog   `json:"dialog,omitempty"`
	Ask      *Ask      `json:"ask,omitempty"`
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
	Actor Actor `json:"actor"`
	// Channel is missing only where a panel asks for something that is of no channel.
	Channel Channel `json:"channel,omitzero"`
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
	// IsDeactivated says that the account is closed.
	IsDeactivated bool `json:"is_deactivated,omitempty"`
}

// Channel is where it happened. Type is Mattermost's: O public, P private, D direct, G group.
type Channel struct {
	ID          string `json:"id"`
	Type        string `json:"type"`
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	TeamID      string `json:"team_id"`
	TeamName    string `json:"team_name"`
	// Engagement is how the bot takes part here, if that was set in Mattermost.
	Engagement string `json:"engagement,omitempty"`
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

// Command is a slash command of ours, as typed.
type Command struct {
	ID      string `json:"id"`
	Trigger string `json:"trigger"`
	Text    string `json:"text"`
}

// StopTrigger is the command that waits for nothing: it has a lane of its own.
const StopTrigger = "oc_stop"

// OfCommand makes the event of a command in its place.
func OfCommand(command Command, place Place, ts int64) *Event {
	lane := place.Channel.ID
	if command.Trigger == StopTrigger {
		lane = key(lane, "stop")
	}
	return &Event{ID: key(CommandInvoked, command.ID), Type: CommandInvoked, Lane: lane, TS: ts, Place: &place, Command: &command}
}

// Click is a click on a button, or a choice in a select, of a post of a linked bot. All but the choice is what the server
// has stored in that post.
type Click struct {
	ID       string `json:"id"`
	PostID   string `json:"post_id"`
	ActionID string `json:"action_id"`
	// Label is what the button or the chosen option says.
	Label          string         `json:"label"`
	SelectedOption string         `json:"selected_option"`
	Context        map[string]any `json:"context"`
}

// Dialog is what was written into the dialog that a button opened; the rest is that button's.
type Dialog struct {
	ID       string         `json:"id"`
	PostID   string         `json:"post_id"`
	ActionID string         `json:"action_id"`
	Label    string         `json:"label"`
	Text     string         `json:"text"`
	Context  map[string]any `json:"context"`
}

// OfClick makes the event of a click in its place.
func OfClick(click Click, place Place, ts int64) *Event {
	return &Event{ID: key(ActionClicked, click.ID), Type: ActionClicked, Lane: place.Channel.ID, TS: ts, Place: &place, Click: &click}
}

// OfDialog makes the event of a submitted dialog in its place.
func OfDialog(dialog Dialog, place Place, ts int64) *Event {
	return &Event{ID: key(DialogSubmitted, dialog.ID), Type: DialogSubmitted, Lane: place.Channel.ID, TS: ts, Place: &place, Dialog: &dialog}
}

// Ask is what a panel wants to know of a gateway, or an admin to have done.
type Ask struct {
	Kind string `json:"kind"`
	// Request is what is decided, of pairing.
	Request string `json:"request,omitempty"`
}

// OfAsk makes the event of an ask. It waits behind nothing but the same person's asks.
func OfAsk(id string, ask Ask, place Place, ts int64) *Event {
	return &Event{ID: key(PanelAsked, id), Type: PanelAsked, Lane: key("panel", place.Actor.ID), TS: ts, Place: &place, Ask: &ask}
}

// Ping asks the adapter to prove itself with the bot token.
type Ping struct {
	Challenge string `json:"challenge"`
}

// NewPing makes the event that carries a challenge.
func NewPing(challenge string, ts int64) *Event {
	return &Event{ID: PingType + ":" + challenge, Type: PingType, Lane: PingType, TS: ts, Ping: &Ping{challenge}}
}
