package event

import (
	"sync"
	"time"
)

// cache remembers what was looked up, for a while and up to a number. It is safe for concurrent use.
type cache[V any] struct {
	ttl time.Duration
	max int
	now func() time.Time

	mu      sync.Mutex
	entries map[string]cached[V]
}

type cached[V any] struct {
	value V
	until time.Time
}

func newCache[V any](ttl time.Duration, limit int, now func() time.Time) *cache[V] {
	return &cache[V]{ttl: ttl, max: limit, now: now, entries: map[string]cached[V]{}}
}

// get answers from memory or by load; an error of load is not remembered.
func (c *cache[V]) get(key string, load func() (V, error)) (V, error) {
	c.mu.Lock()
	held, ok := c.entries[key]
	c.mu.Unlock()
	if ok && c.now().Before(held.until) {
		return held.value, nil
	}
	value, err := load()
	if err == nil {
		c.set(key, value)
	}
	return value, err
}

func (c *cache[V]) set(key string, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= c.max {
		clear(c.entries)
	}
	c.entries[key] = cached[V]{value, c.now().Add(c.ttl)}
}

func (c *cache[V]) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
}
