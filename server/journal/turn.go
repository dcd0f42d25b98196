package journal

import (
	"cmp"
	"context"
	"slices"

	"mattermost-plugin-openclaw/server/event"
)

const (
	// maxRows is how many rows one scan reads in each order.
	maxRows = 1_000
	// maxFound events, or texts of maxFoundBytes, are taken of one page; the rest is read anew.
	maxFound      = 500
	maxFoundBytes = 2 << 20
	loadAtOnce    = 100
)

// candidate is an event that a row may make.
type candidate struct {
	at    int64
	id    string
	bytes int
	// post is the row to load; reaction needs none.
	post     string
	edited   bool
	joined   int64
	reaction *event.Hint
}

// turn reads one page and offers what is new in it; true if it was the last one for now.
func (r *reader) turn(ctx context.Context) (bool, error) {
	now := r.j.deps.Now()
	r.mu.Lock()
	q := Query{BotID: r.link.BotID, From: r.read, To: now.Add(-settleTime).UnixMilli(), Floor: r.floor, Limit: maxRows}
	r.mu.Unlock()
	page, err := r.j.deps.Source.Scan(ctx, q)
	if err != nil {
		return false, err
	}
	end, last := page.end(q)
	all := candidates(page, q, end)
	fresh, pending, cut := r.sift(all)
	if cut >= 0 {
		end, last = markAt(cut), false
	}
	events, err := r.make(ctx, fresh, q.Floor)
	// The process may have stood still while it read: another node may sweep by now.
	if err != nil || !r.j.lease.held() {
		return false, err
	}
	offered := 0
	for _, e := range events {
		if held, settled := r.link.Sink.Knows(e.ID); !held && !settled {
			offered++
		}
		if !r.link.Sink.Offer(e) {
			return false, nil
		}
		pending[e.ID] = struct{}{}
	}
	floor := q.Floor
	if last {
		floor = end.at()
	}
	r.dirty = r.dirty || len(pending) > 0
	r.pages = append(r.pages, &sheet{end, floor, pending})
	r.mu.Lock()
	r.read, r.found, r.sweptAt = end.notBefore(q.From), r.found+offered, now
	r.mu.Unlock()
	r.settle()
	if last {
		r.live(q.To, now)
	}
	return last, nil
}

// end is until where both orders were read; true if nothing is left.
func (p Page) end(q Query) (Mark, bool) {
	until, createdFull, updatedFull := q.To, p.CreatedCount >= q.Limit, p.UpdatedCount >= q.Limit
	if createdFull {
		until = min(until, p.CreatedLast.At)
	}
	if updatedFull {
		until = min(until, p.UpdatedLast.At)
	}
	end := markAt(until)
	if createdFull && p.CreatedLast.At == until {
		end.Created = *p.CreatedLast
	}
	if updatedFull && p.UpdatedLast.At == until {
		end.Updated = *p.UpdatedLast
	}
	return end, !createdFull && !updatedFull
}

// candidates lists what a page may make, in the order of time, until the end of what was read of both orders.
func candidates(p Page, q Query, end Mark) []candidate {
	var all []candidate
	until := end.at()
	add := func(c candidate, happened int64) {
		if c.at <= until && happened >= c.joined {
			all = append(all, c)
		}
	}
	for _, ref := range p.Created {
		add(candidate{at: ref.At, id: event.CreatedID(ref.ID), bytes: ref.Bytes, post: ref.ID, joined: ref.Joined}, ref.At)
	}
	for _, ref := range p.Updated {
		c := candidate{at: ref.At, id: event.EditedID(ref.ID, ref.EditAt), bytes: ref.Bytes, post: ref.ID, edited: true, joined: ref.Joined}
		happened := ref.EditAt
		if ref.DeleteAt > 0 {
			c.id, c.bytes, happened = event.DeletedID(ref.ID), 0, ref.DeleteAt
		}
		add(c, happened)
	}
	for i := range p.Reactions {
		row := &p.Reactions[i]
		hint := event.OfReaction(&row.Reaction)
		if row.DeleteAt > 0 {
			hint = event.OfReactionRemoved(&row.Reaction, row.DeleteAt)
		}
		hint.ThreadRoot, hint.Located = row.RootID, true
		add(candidate{at: row.At, id: hint.Event.ID, joined: row.Joined, reaction: &hint}, row.UpdateAt)
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.at, b.at) })
	return all
}

// sift tells the new from what is on its way already. Of too much it takes what happened until `cut`, else cut is negative.
func (r *reader) sift(all []candidate) (fresh []candidate, pending map[string]struct{}, cut int64) {
	pending = map[string]struct{}{}
	bytes := 0
	for i, c := range all {
		if (len(fresh) >= maxFound || bytes >= maxFoundBytes) && c.at > all[i-1].at {
			return fresh, pending, all[i-1].at
		}
		held, settled := r.link.Sink.Knows(c.id)
		switch {
		case settled:
		case held:
			pending[c.id] = struct{}{}
		default:
			fresh = append(fresh, c)
			bytes += c.bytes
		}
	}
	return fresh, pending, -1
}

// make loads the rows and completes their events, in the order in which they happened.
func (r *reader) make(ctx context.Context, fresh []candidate, floor int64) ([]*event.Event, error) {
	rows, err := r.load(ctx, fresh)
	if err != nil {
		return nil, err
	}
	var events []*event.Event
	for _, c := range fresh {
		for _, hint := range hintsOf(c, rows, floor) {
			e, err := r.j.deps.Complete(r.link.BotID, hint)
			if err != nil {
				return nil, err
			}
			if e != nil {
				events = append(events, e)
			}
		}
	}
	slices.SortStableFunc(events, func(a, b *event.Event) int { return cmp.Compare(a.TS, b.TS) })
	return events, nil
}

func (r *reader) load(ctx context.Context, fresh []candidate) (map[string]event.Row, error) {
	var ids []string
	for _, c := range fresh {
		if c.post != "" {
			ids = append(ids, c.post)
		}
	}
	slices.Sort(ids)
	rows := map[string]event.Row{}
	for part := range slices.Chunk(slices.Compact(ids), loadAtOnce) {
		found, err := r.j.deps.Source.Load(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, row := range found {
			rows[row.Id] = row
		}
	}
	return rows, nil
}

// hintsOf makes the hints that the hooks would have made.
func hintsOf(c candidate, rows map[string]event.Row, floor int64) []event.Hint {
	if c.reaction != nil {
		return []event.Hint{*c.reaction}
	}
	row, ok := rows[c.post]
	if !ok {
		return nil
	}
	if hint, deleted := row.Deleted(); deleted && c.edited {
		return []event.Hint{hint}
	}
	if c.edited {
		return row.Edits(max(floor, c.joined-1))
	}
	if hint, ok := row.Created(); ok {
		return []event.Hint{hint}
	}
	return nil
}
