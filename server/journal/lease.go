package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

const (
	leaseKey = "journal_lease"
	// leaseFor is how long others wait for a silent owner; leaseTrusted how long the owner itself believes in it.
	leaseFor     = 30 * time.Second
	leaseTrusted = 25 * time.Second
	renewEvery   = 10 * time.Second
)

// KV is the part of Mattermost's plugin API that lease and cursors are stored with.
type KV interface {
	KVGet(key string) ([]byte, *model.AppError)
	KVCompareAndSet(key string, before, after []byte) (bool, *model.AppError)
}

// leaseValue is what all nodes see.
type leaseValue struct {
	// Owner is the process; Node is where it runs: the next process of a node need not wait for the last one.
	Owner   string `json:"owner"`
	Node    string `json:"node"`
	Epoch   int    `json:"epoch"`
	Expires int64  `json:"expires"`
	// Behind are the bots whose backlog is being read: for them no other node delivers from its hooks.
	Behind []string `json:"behind,omitempty"`
}

// lease decides which node sweeps. It is safe for concurrent use.
type lease struct {
	kv          KV
	now         func() time.Time
	owner, node string
	// ended tells that the process at a node is known to be gone; it may be nil.
	ended func(node string) bool

	mu     sync.Mutex
	raw    []byte
	value  leaseValue
	seen   bool
	mine   bool
	since  time.Time
	looked time.Time
}

// held tells whether this node may write and deliver from the journal now. After a pause of the process it may not,
// until the lease was verified.
func (l *lease) held() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mine && l.fresh()
}

// fresh compares both clocks: one of them goes on while a process, the other while a machine is stopped.
func (l *lease) fresh() bool {
	now := l.now()
	return now.Sub(l.since) < leaseTrusted && now.Round(0).Sub(l.since.Round(0)) < leaseTrusted
}

// view is what was last seen of the lease, by whomever it is held; false before the first look.
func (l *lease) view() (leaseValue, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.value, l.seen
}

// tend takes, renews or gives up the lease, if it is time or something changed, and tells whether this node has it.
func (l *lease) tend(behind []string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	due := now.Sub(l.looked) >= renewEvery || now.Round(0).Sub(l.looked.Round(0)) >= renewEvery
	changed := l.mine && !slices.Equal(behind, l.value.Behind)
	if !due && !changed && (!l.mine || l.fresh()) {
		return l.mine, nil
	}
	if !l.mine || !l.fresh() {
		if err := l.look(); err != nil {
			return false, err
		}
		if !l.mine && !l.free(now) {
			l.looked = now
			return false, nil
		}
	}
	return l.write(now, behind, leaseFor)
}

// look reads who has it. An owner that was replaced while it stood still learns it here, and writes nothing.
func (l *lease) look() error {
	raw, appErr := l.kv.KVGet(leaseKey)
	if appErr != nil {
		l.mine = false
		return fmt.Errorf("read the lease: %w", appErr)
	}
	value := leaseValue{}
	if raw != nil {
		if err := json.Unmarshal(raw, &value); err != nil {
			// Whatever it is, it is not a lease: it is overwritten.
			value = leaseValue{}
		}
	}
	l.mine = l.mine && bytes.Equal(raw, l.raw)
	first := !l.seen
	l.raw, l.value, l.seen = raw, value, true
	if first && value.Node == l.node || l.ended != nil && value.Node != l.node && l.ended(value.Node) {
		l.value.Expires = 0
	}
	return nil
}

func (l *lease) free(now time.Time) bool {
	return l.value.Owner == "" || l.value.Owner == l.owner || now.UnixMilli() >= l.value.Expires
}

func (l *lease) write(now time.Time, behind []string, lasts time.Duration) (bool, error) {
	next := leaseValue{Owner: l.owner, Node: l.node, Epoch: l.value.Epoch, Expires: now.Add(lasts).UnixMilli(), Behind: behind}
	if !l.mine {
		next.Epoch++
	}
	raw, err := json.Marshal(next)
	if err != nil {
		return false, err
	}
	l.looked = now
	stored, appErr := l.kv.KVCompareAndSet(leaseKey, l.raw, raw)
	if appErr != nil {
		// It may have been stored or not: the next look tells.
		l.mine, l.looked = false, time.Time{}
		return false, fmt.Errorf("write the lease: %w", appErr)
	}
	if !stored {
		l.mine, l.looked = false, time.Time{}
		return false, nil
	}
	l.raw, l.value, l.mine, l.since = raw, next, true, now
	return true, nil
}

// release lets another node take over at once.
func (l *lease) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mine && l.fresh() {
		_, _ = l.write(l.now(), nil, 0)
	}
	l.mine = false
}
