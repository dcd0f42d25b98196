// Package keep holds what Mattermost does not store itself (commands, clicks, dialogs) until it has got its fate. An item is
// written before the user is answered.
package keep

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/event"
)

// KV is the part of Mattermost's plugin API that items are stored with.
type KV interface {
	KVGet(key string) ([]byte, *model.AppError)
	KVCompareAndSet(key string, before, after []byte) (bool, *model.AppError)
	KVCompareAndDelete(key string, before []byte) (bool, *model.AppError)
	KVList(page, perPage int) ([]string, *model.AppError)
}

// State is how far an item has come.
type State string

// The states, in their order. A dead one may wait again, if an admin says so.
const (
	Waiting   State = "waiting"
	Delivered State = "delivered"
	Dead      State = "dead"
)

// Item is one thing that a user did.
type Item struct {
	ID    string       `json:"id"`
	BotID string       `json:"bot_id"`
	Event *event.Event `json:"event"`
	State State        `json:"state"`
	// Code says why it is dead.
	Code      string `json:"code,omitempty"`
	CreatedAt int64  `json:"created_at"`
	// ExpiresAt is when a waiting item is given up, At when it came into its state.
	ExpiresAt int64 `json:"expires_at"`
	At        int64 `json:"at"`
	// Private: only the one who did it sees the answer.
	Private bool `json:"private,omitempty"`
	// Noticed: the user was told that it takes longer.
	Noticed bool `json:"noticed,omitempty"`
	// Set names the buttons that a click is one of: of each set one click counts. Empty if each does.
	Set string `json:"set,omitempty"`
}

// Errors of the store.
var (
	ErrUnknown = errors.New("there is no such item")
	ErrExists  = errors.New("it is stored already")
	ErrFull    = errors.New("too much is waiting")
)

const (
	prefix  = "keep_"
	perPage = 1_000
	// maxItems bounds what users can make the server store, maxPerUser what one of them can.
	maxItems   = 5_000
	maxPerUser = 100
	attempts   = 8
)

// Store holds the items of all links, which all nodes share. It is safe for concurrent use.
type Store struct {
	kv  KV
	now func() time.Time

	// reading lets one reader of everything in at a time.
	reading sync.Mutex

	mu sync.Mutex
	// users has the author of every item that this node knows of, since those that it put in since everything is being read.
	users, since map[string]string
}

// New makes a store over the KV store.
func New(kv KV, now func() time.Time) *Store {
	return &Store{kv: kv, now: now, users: map[string]string{}, since: map[string]string{}}
}

// Put stores a new item, waiting until then.
func (s *Store) Put(item Item, until time.Time) error {
	if !s.admit(item) {
		return ErrFull
	}
	item.State, item.CreatedAt, item.ExpiresAt = Waiting, s.now().UnixMilli(), until.UnixMilli()
	item.At = item.CreatedAt
	raw, err := json.Marshal(item)
	if err != nil {
		return err
	}
	stored, appErr := s.kv.KVCompareAndSet(prefix+item.ID, nil, raw)
	switch {
	case appErr != nil:
		return appErr
	case !stored:
		return ErrExists
	}
	s.know(item)
	return nil
}

// Get reads an item.
func (s *Store) Get(id string) (Item, error) {
	item, _, err := s.read(prefix + id)
	return item, err
}

// Change alters an item by compare-and-set and returns what is stored then. An error of alter ends it.
func (s *Store) Change(id string, alter func(*Item) error) (Item, error) {
	for range attempts {
		item, before, err := s.read(prefix + id)
		if err != nil {
			return item, err
		}
		was := item.State
		if err = alter(&item); err != nil {
			return item, err
		}
		if item.State != was {
			item.At = s.now().UnixMilli()
		}
		after, err := json.Marshal(item)
		if err != nil {
			return item, err
		}
		stored, appErr := s.kv.KVCompareAndSet(prefix+id, before, after)
		if appErr != nil {
			return item, appErr
		}
		if stored {
			return item, nil
		}
	}
	return Item{}, fmt.Errorf("change %s: it kept changing", id)
}

// Take removes an item and returns it, to exactly one caller.
func (s *Store) Take(id string) (Item, error) {
	for range attempts {
		item, before, err := s.read(prefix + id)
		if err != nil {
			return item, err
		}
		removed, appErr := s.kv.KVCompareAndDelete(prefix+id, before)
		if appErr != nil {
			return item, appErr
		}
		if removed {
			s.forget(id)
			return item, nil
		}
	}
	return Item{}, fmt.Errorf("take %s: it kept changing", id)
}

// Restore stores an item again that was taken and could not be used.
func (s *Store) Restore(item Item) error {
	raw, err := json.Marshal(item)
	if err != nil {
		return err
	}
	if _, appErr := s.kv.KVCompareAndSet(prefix+item.ID, nil, raw); appErr != nil {
		return appErr
	}
	s.know(item)
	return nil
}

// All reads every item, the oldest first.
func (s *Store) All() ([]Item, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	s.mu.Lock()
	s.since = map[string]string{}
	s.mu.Unlock()
	keys, err := s.keys()
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, key := range keys {
		item, _, err := s.read(key)
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	slices.SortFunc(items, func(a, b Item) int {
		return strings.Compare(fmt.Sprintf("%020d%s", a.CreatedAt, a.ID), fmt.Sprintf("%020d%s", b.CreatedAt, b.ID))
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users = maps.Clone(s.since)
	for _, item := range items {
		s.users[item.ID] = item.Event.Author()
	}
	return items, nil
}

func (s *Store) keys() ([]string, error) {
	var found []string
	for page := 0; ; page++ {
		keys, appErr := s.kv.KVList(page, perPage)
		if appErr != nil {
			return nil, appErr
		}
		for _, key := range keys {
			if strings.HasPrefix(key, prefix) {
				found = append(found, key)
			}
		}
		if len(keys) < perPage {
			return found, nil
		}
	}
}

func (s *Store) read(key string) (Item, []byte, error) {
	var item Item
	raw, appErr := s.kv.KVGet(key)
	if appErr != nil {
		return item, nil, appErr
	}
	if raw == nil {
		return item, nil, ErrUnknown
	}
	if err := json.Unmarshal(raw, &item); err != nil || item.Event == nil {
		return item, nil, fmt.Errorf("read %s: it is no item: %w", key, err)
	}
	return item, raw, nil
}

// admit tells whether there is room for one more.
func (s *Store) admit(item Item) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := 0
	for _, user := range s.users {
		if user == item.Event.Author() {
			own++
		}
	}
	return len(s.users) < maxItems && own < maxPerUser
}

func (s *Store) know(item Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[item.ID] = item.Event.Author()
	s.since[item.ID] = item.Event.Author()
}

func (s *Store) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.users, id)
	delete(s.since, id)
}

// ItemOf tells which item an event belongs to, by the event's id.
func ItemOf(eventID string) (id string, ok bool) {
	kind, id, found := strings.Cut(eventID, ":")
	return id, found && slices.Contains([]string{event.CommandInvoked, event.ActionClicked, event.DialogSubmitted}, kind)
}
