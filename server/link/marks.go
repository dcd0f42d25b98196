package link

import "time"

const (
	marksKey = "marks"
	// markEvery bounds how often a mark is written, and with it how young a backup can be without being noticed.
	markEvery = 10 * time.Minute
)

// Marks notice that Mattermost's database was set back to an earlier state, which it cannot see itself: each gateway is
// given a mark that grows, and says at its next hello which one it has.
type Marks struct {
	kv  KV
	now func() time.Time
}

type marks struct {
	ByBot map[string]int64 `json:"by_bot"`
	// SetBackAt is when a gateway last knew a mark that was not stored here.
	SetBackAt int64 `json:"set_back_at,omitempty"`
}

// NewMarks makes the desk where marks are given out.
func NewMarks(kv KV, now func() time.Time) *Marks { return &Marks{kv, now} }

// Take compares the mark that a bot's gateway has with the stored one, and stores the next. It is true if the gateway has
// one that this database does not know: at most once in markEvery, whatever gateways claim.
func (m *Marks) Take(botID string, seen int64) (setBack bool, err error) {
	now := m.now()
	_, err = update(m.kv, marksKey, func(v *marks) error {
		setBack = seen > v.ByBot[botID] && now.UnixMilli()-v.SetBackAt >= markEvery.Milliseconds()
		if v.ByBot == nil {
			v.ByBot = map[string]int64{}
		}
		v.ByBot[botID] = max(v.ByBot[botID], seen, now.UnixMilli()/markEvery.Milliseconds())
		if setBack {
			v.SetBackAt = now.UnixMilli()
		}
		return nil
	})
	return setBack && err == nil, err
}

// Of returns the mark that a bot's gateway is to remember; 0 if there is none.
func (m *Marks) Of(botID string) (int64, error) {
	var stored marks
	_, err := read(m.kv, marksKey, &stored)
	return stored.ByBot[botID], err
}

// SetBackAt tells when it was last noticed that the database was set back, in milliseconds since 1970; 0 for never.
func (m *Marks) SetBackAt() (int64, error) {
	var stored marks
	_, err := read(m.kv, marksKey, &stored)
	return stored.SetBackAt, err
}
