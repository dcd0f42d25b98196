package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
)

// queryTimeout bounds one statement.
const queryTimeout = 20 * time.Second

// The statements read only, are given every bound as a parameter (a volatile function in WHERE costs the index), and
// answer with one JSON value, because each row of a result is a call between processes.
const (
	probeSQL = `SELECT p.id, p.createat, p.updateat, p.editat, p.deleteat, p.userid, p.channelid, p.rootid, p.originalid,
		p.message, p.type, p.props, p.fileids, m.channelid, m.userid, h.jointime, r.emojiname, r.createat, r.updateat, r.deleteat
	FROM posts p, channelmembers m, channelmemberhistory h, reactions r
	WHERE m.userid = p.userid AND h.userid = m.userid AND h.channelid = m.channelid AND r.postid = p.id AND r.userid = m.userid LIMIT 0`

	// Two bounded index scans come first (idx_posts_create_at_id, idx_posts_update_at), the bot's channels after them: so
	// the cost is that of the page, however many posts, channels and members there are. Reactions have no index by
	// time, but move their post: OFFSET 0 keeps the planner on their primary key.
	scanSQL = `WITH c AS MATERIALIZED (
		SELECT p.id, p.createat AS at, p.channelid, p.userid, p.editat, p.deleteat, p.originalid, octet_length(p.message) AS bytes
		FROM posts p WHERE (p.createat, p.id) > ($1, $2) AND p.createat <= $5 ORDER BY p.createat, p.id LIMIT $6),
	u AS MATERIALIZED (
		SELECT p.id, p.updateat AS at, p.createat, p.channelid, p.userid, p.rootid, p.editat, p.deleteat, p.originalid, octet_length(p.message) AS bytes
		FROM posts p WHERE (p.updateat, p.id) > ($3, $4) AND p.updateat <= $5 ORDER BY p.updateat, p.id LIMIT $6),
	ch AS MATERIALIZED (
		SELECT d.channelid, coalesce((SELECT max(h.jointime) FROM channelmemberhistory h WHERE h.channelid = d.channelid AND h.userid = $8), 0) AS joined
		FROM (SELECT channelid FROM c UNION SELECT channelid FROM u) d
		JOIN channelmembers m ON m.channelid = d.channelid AND m.userid = $8)
	SELECT json_build_object(
		'created_count', (SELECT count(*) FROM c), 'updated_count', (SELECT count(*) FROM u),
		'created_last', (SELECT json_build_object('at', at, 'id', id) FROM c ORDER BY at DESC, id DESC LIMIT 1),
		'updated_last', (SELECT json_build_object('at', at, 'id', id) FROM u ORDER BY at DESC, id DESC LIMIT 1),
		'created', (SELECT json_agg(json_build_object('id', c.id, 'at', c.at, 'editat', c.editat, 'deleteat', c.deleteat, 'bytes', c.bytes, 'joined', ch.joined))
			FROM c JOIN ch USING (channelid) WHERE c.originalid = '' AND c.deleteat = 0 AND c.userid <> $8),
		'updated', (SELECT json_agg(json_build_object('id', u.id, 'at', u.at, 'editat', u.editat, 'deleteat', u.deleteat, 'bytes', u.bytes, 'joined', ch.joined))
			FROM u JOIN ch USING (channelid) WHERE u.originalid = '' AND u.userid <> $8 AND (u.deleteat > 0 OR u.editat > $7)),
		'reactions', (SELECT json_agg(json_build_object('at', u.at, 'user_id', r.userid, 'post_id', r.postid, 'emoji_name', r.emojiname, 'create_at', r.createat,
				'update_at', r.updateat, 'delete_at', r.deleteat, 'channel_id', u.channelid, 'root_id', u.rootid, 'joined', ch.joined))
			FROM u JOIN ch USING (channelid)
			CROSS JOIN LATERAL (SELECT * FROM reactions r WHERE r.postid = u.id OFFSET 0) r
			WHERE u.originalid = '' AND u.deleteat = 0 AND u.at <> u.createat AND r.userid <> $8 AND r.updateat > $7)
	)::text`

	columns = `'id', x.id, 'create_at', x.createat, 'update_at', x.updateat, 'edit_at', x.editat, 'delete_at', x.deleteat, 'user_id', x.userid,
		'channel_id', x.channelid, 'root_id', x.rootid, 'original_id', x.originalid, 'message', x.message, 'type', x.type, 'props', x.props, 'file_ids', x.fileids`

	loadSQL = `SELECT coalesce(json_agg(json_build_object(
		'post', (SELECT json_build_object(` + columns + `) FROM (SELECT p.*) x),
		'versions', CASE WHEN p.editat > 0 THEN (SELECT json_agg(json_build_object(` + columns + `))
			FROM (SELECT * FROM posts o WHERE o.originalid = p.id OFFSET 0) x) END)), '[]')::text
	FROM posts p WHERE p.id = ANY(string_to_array($1, ','))`
)

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
