package journal

import (
	"context"
	"database/sql"
	_ "embed" // The statements lie in files of their own.
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
)

// queryTimeout bounds one statement.
const queryTimeout = 20 * time.Second

// scanSQL reads one bounded page of both orders, loadSQL rows by their primary key.
//
//go:embed scan.sql
var scanSQL string

//go:embed load.sql
var loadSQL string

// The statements read only, are given every bound as a parameter (a volatile function in WHERE costs the index), and
// answer with one JSON value, because each row of a result is a call between processes.
const probeSQL = `SELECT p.id, p.createat, p.updateat, p.editat, p.deleteat, p.userid, p.channelid, p.rootid, p.originalid,
		p.message, p.type, p.props, p.fileids, m.channelid, m.userid, h.jointime, r.emojiname, r.createat, r.updateat, r.deleteat
	FROM posts p, channelmembers m, channelmemberhistory h, reactions r
	WHERE m.userid = p.userid AND h.userid = m.userid AND h.channelid = m.channelid AND r.postid = p.id AND r.userid = m.userid LIMIT 0`

// sqlRow is a post as loadSQL writes it.
type sqlRow struct {
	ID         string         `json:"id"`
	CreateAt   int64          `json:"create_at"`
	UpdateAt   int64          `json:"update_at"`
	EditAt     int64          `json:"edit_at"`
	DeleteAt   int64          `json:"delete_at"`
	UserID     string         `json:"user_id"`
	ChannelID  string         `json:"channel_id"`
	RootID     string         `json:"root_id"`
	OriginalID string         `json:"original_id"`
	Message    string         `json:"message"`
	Type       string         `json:"type"`
	Props      map[string]any `json:"props"`
	// FileIDs is JSON in a text column.
	FileIDs *string `json:"file_ids"`
}

func (r *sqlRow) post() *model.Post {
	post := &model.Post{
		Id: r.ID, CreateAt: r.CreateAt, UpdateAt: r.UpdateAt, EditAt: r.EditAt, DeleteAt: r.DeleteAt, UserId: r.UserID,
		ChannelId: r.ChannelID, RootId: r.RootID, OriginalId: r.OriginalID, Message: r.Message, Type: r.Type,
	}
	post.SetProps(r.Props)
	if r.FileIDs != nil {
		// A broken list leaves the post without files, not the channel without the post.
		_ = json.Unmarshal([]byte(*r.FileIDs), &post.FileIds)
	}
	return post
}

// Tables reads Mattermost's tables in PostgreSQL, through the handle that the server lends its plugins.
type Tables struct{ db *sql.DB }

// OpenTables looks whether the columns are what they were; an error means that these tables cannot be read.
func OpenTables(ctx context.Context, db *sql.DB) (*Tables, error) {
	// The handle holds connections of the server's own pool.
	db.SetMaxOpenConns(1)
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	rows, err := db.QueryContext(ctx, probeSQL)
	if err != nil {
		return nil, fmt.Errorf("look at the columns: %w", err)
	}
	for rows.Next() {
	}
	if err := rows.Err(); err != nil {
		_ = rows.Close()
		return nil, fmt.Errorf("look at the columns: %w", err)
	}
	return &Tables{db}, rows.Close()
}

// Mode is "sql".
func (t *Tables) Mode() string { return "sql" }

// Scan reads one bounded page of both orders.
func (t *Tables) Scan(ctx context.Context, q Query) (Page, error) {
	var page Page
	err := t.value(ctx, &page, scanSQL, q.From.Created.At, q.From.Created.ID, q.From.Updated.At, q.From.Updated.ID,
		q.To, q.Limit, q.Floor, q.BotID)
	return page, err
}

// Load reads rows by their primary key.
func (t *Tables) Load(ctx context.Context, ids []string) ([]event.Row, error) {
	var found []struct {
		Post     sqlRow   `json:"post"`
		Versions []sqlRow `json:"versions"`
	}
	if err := t.value(ctx, &found, loadSQL, strings.Join(ids, ",")); err != nil {
		return nil, err
	}
	rows := make([]event.Row, 0, len(found))
	for i := range found {
		row := event.Row{Post: found[i].Post.post()}
		for j := range found[i].Versions {
			row.Versions = append(row.Versions, found[i].Versions[j].post())
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// value reads the one JSON value that a statement answers with.
func (t *Tables) value(ctx context.Context, into any, statement string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	var raw []byte
	if err := t.db.QueryRowContext(ctx, statement, args...).Scan(&raw); err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("understand the journal: %w", err)
	}
	return nil
}
