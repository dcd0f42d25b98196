package link

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	linksKey = "links"
	// maxLinks bounds what bots can make us store.
	maxLinks = 100
)

// Errors of the book.
var (
	ErrUnknownLink  = errors.New("this bot has not said hello")
	ErrTooManyLinks = errors.New("too many bots have said hello: remove links in System Console under Plugins, OpenClaw")
)

// Greeting is what this node remembers of a bot's latest hello and does not store.
type Greeting struct {
	At time.Time
	// Skew is the adapter's clock less ours.
	Skew time.Duration
}

// Book holds the records of all links, which all nodes share through the KV store. It is safe for concurrent use.
type Book struct {
	kv  KV
	now func() time.Time

	mu        sync.Mutex
	records   map[string]Record
	greetings map[string]Greeting
}

// NewBook makes an empty book; Reload fills it.
func NewBook(kv KV, now func() time.Time) *Book {
	return &Book{kv: kv, now: now, greetings: map[string]Greeting{}}
}

// Reload reads what this or another node has stored.
func (b *Book) Reload() error {
	var records map[string]Record
	_, err := read(b.kv, linksKey, &records)
	if err == nil {
		b.hold(records)
	}
	return err
}

// All returns the records, ordered by bot.
func (b *Book) All() []Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.SortedFunc(maps.Values(b.records), func(x, y Record) int { return strings.Compare(x.BotID, y.BotID) })
}

// Get returns a bot's record and latest greeting; of a bot that never said hello only its id is filled.
func (b *Book) Get(botID string) (Record, Greeting) {
	b.mu.Lock()
	defer b.mu.Unlock()
	record := b.records[botID]
	record.BotID = botID
	return record, b.greetings[botID]
}

// Greet takes a hello. Only what is new is stored: repeating a hello writes nothing.
func (b *Book) Greet(botID string, own bool, hello Hello) error {
	now := b.now()
	err := b.change(func(records map[string]Record) error {
		record, known := records[botID]
		if !known && len(records) >= maxLinks {
			return ErrTooManyLinks
		}
		record.BotID = botID
		record.greet(hello)
		if own {
			record.Confirm(now)
		}
		records[botID] = record
		return nil
	})
	if err == nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.greetings[botID] = Greeting{At: now, Skew: time.UnixMilli(hello.SentAt).Sub(now)}
	}
	return err
}

// Amend changes the record of a bot that has said hello.
func (b *Book) Amend(botID string, amend func(*Record)) error {
	return b.change(func(records map[string]Record) error {
		record, known := records[botID]
		if !known {
			return ErrUnknownLink
		}
		amend(&record)
		records[botID] = record
		return nil
	})
}

// Remove forgets a link and everything confirmed about it.
func (b *Book) Remove(botID string) error {
	return b.change(func(records map[string]Record) error {
		if _, known := records[botID]; !known {
			return ErrUnknownLink
		}
		delete(records, botID)
		return nil
	})
}

func (b *Book) change(alter func(map[string]Record) error) error {
	records, err := update(b.kv, linksKey, func(records *map[string]Record) error {
		if *records == nil {
			*records = map[string]Record{}
		}
		return alter(*records)
	})
	if err == nil {
		b.hold(records)
	}
	return err
}

func (b *Book) hold(records map[string]Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = records
}
