// Package command knows which commands the gateways serve, makes Mattermost offer them, and explains them.
package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/link"
)

// Prefix begins the trigger of every command; Root alone lists them.
const (
	Prefix = "oc_"
	Root   = "oc"
)

// KV is the part of Mattermost's plugin API that catalogues are stored with.
type KV interface {
	KVGet(key string) ([]byte, *model.AppError)
	KVSet(key string, value []byte) *model.AppError
	KVDelete(key string) *model.AppError
}

// Catalogue holds what each bot's gateway serves, as its last hello said. It is stored, so that commands stay while a
// gateway is away. It is safe for concurrent use.
type Catalogue struct {
	kv KV

	mu    sync.Mutex
	bots  map[string][]link.CommandSpec
	bytes map[string][]byte
}

// NewCatalogue makes an empty one; Load fills it.
func NewCatalogue(kv KV) *Catalogue {
	return &Catalogue{kv: kv, bots: map[string][]link.CommandSpec{}, bytes: map[string][]byte{}}
}

// Load reads what is stored for these bots, and forgets all others.
func (c *Catalogue) Load(botIDs []string) error {
	bots, encoded := map[string][]link.CommandSpec{}, map[string][]byte{}
	var failed error
	for _, botID := range botIDs {
		raw, appErr := c.kv.KVGet(storedAt(botID))
		if appErr != nil {
			failed = errors.Join(failed, appErr)
			continue
		}
		var specs []link.CommandSpec
		if raw == nil {
			continue
		}
		if err := json.Unmarshal(raw, &specs); err != nil {
			failed = errors.Join(failed, fmt.Errorf("read the commands of %s: %w", botID, err))
			continue
		}
		bots[botID], encoded[botID] = specs, raw
	}
	if failed != nil {
		return failed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bots, c.bytes = bots, encoded
	return nil
}

// Set stores what a bot's gateway serves; the same again writes nothing.
func (c *Catalogue) Set(botID string, specs []link.CommandSpec) error {
	raw, err := json.Marshal(specs)
	if err != nil {
		return err
	}
	c.mu.Lock()
	same := bytes.Equal(c.bytes[botID], raw)
	c.mu.Unlock()
	if same {
		return nil
	}
	if appErr := c.kv.KVSet(storedAt(botID), raw); appErr != nil {
		return appErr
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bots[botID], c.bytes[botID] = specs, raw
	return nil
}

// Remove forgets a bot's commands.
func (c *Catalogue) Remove(botID string) error {
	if appErr := c.kv.KVDelete(storedAt(botID)); appErr != nil {
		return appErr
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.bots, botID)
	delete(c.bytes, botID)
	return nil
}

// Of lists a bot's commands.
func (c *Catalogue) Of(botID string) []link.CommandSpec {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bots[botID]
}

// Find looks a command of a bot up by its name.
func (c *Catalogue) Find(botID, name string) (link.CommandSpec, bool) {
	specs := c.Of(botID)
	if at := slices.IndexFunc(specs, func(s link.CommandSpec) bool { return s.Name == name }); at >= 0 {
		return specs[at], true
	}
	return link.CommandSpec{}, false
}

// All lists the commands of all bots by name; where two have the same, the first bot's.
func (c *Catalogue) All(first string) []link.CommandSpec {
	c.mu.Lock()
	defer c.mu.Unlock()
	byName := map[string]link.CommandSpec{}
	for _, botID := range append(slices.Sorted(maps.Keys(c.bots)), first) {
		for _, spec := range c.bots[botID] {
			byName[spec.Name] = spec
		}
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b link.CommandSpec) int { return strings.Compare(a.Name, b.Name) })
}

func storedAt(botID string) string { return "catalogue_" + botID }
