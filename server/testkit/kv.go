// Package testkit holds what tests of several packages share. Nothing shipped imports it.
package testkit

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/mattermost/mattermost/server/public/model"
)

// KV is a KV store in memory that does what Mattermost's does. It is safe for concurrent use.
type KV struct {
	mu     sync.Mutex
	values map[string][]byte
	writes map[string]int
	broken *model.AppError
}

// NewKV makes an empty store.
func NewKV() *KV { return &KV{values: map[string][]byte{}, writes: map[string]int{}} }

// Break makes every later call fail.
func (k *KV) Break() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.broken = model.NewAppError("KV", "broken", nil, "", http.StatusInternalServerError)
}

// Writes counts how often keys with a prefix were stored or deleted.
func (k *KV) Writes(prefix string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := 0
	for key, n := range k.writes {
		if strings.HasPrefix(key, prefix) {
			all += n
		}
	}
	return all
}

// KVGet returns nil for an absent key.
func (k *KV) KVGet(key string) ([]byte, *model.AppError) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.values[key]), k.broken
}

// KVList pages through the keys in their order.
func (k *KV) KVList(page, perPage int) ([]string, *model.AppError) {
	k.mu.Lock()
	defer k.mu.Unlock()
	keys := slices.Sorted(maps.Keys(k.values))
	from := min(page*perPage, len(keys))
	return keys[from:min(from+perPage, len(keys))], k.broken
}

// KVSet stores a value; nil deletes.
func (k *KV) KVSet(key string, value []byte) *model.AppError {
	_, err := k.swap(key, func([]byte) bool { return true }, value)
	return err
}

// KVDelete deletes a key.
func (k *KV) KVDelete(key string) *model.AppError { return k.KVSet(key, nil) }

// KVSetWithExpiry stores for ever: expiry is the caller's to check, as Mattermost purges late.
func (k *KV) KVSetWithExpiry(key string, value []byte, _ int64) *model.AppError {
	return k.KVSet(key, value)
}

// KVCompareAndSet stores if the key holds before; nil stands for absent.
func (k *KV) KVCompareAndSet(key string, before, after []byte) (bool, *model.AppError) {
	return k.swap(key, func(held []byte) bool { return bytes.Equal(held, before) }, after)
}

// KVCompareAndDelete deletes if the key holds before.
func (k *KV) KVCompareAndDelete(key string, before []byte) (bool, *model.AppError) {
	return k.swap(key, func(held []byte) bool { return held != nil && bytes.Equal(held, before) }, nil)
}

// KVSetWithOptions serves pluginapi's cluster mutex.
func (k *KV) KVSetWithOptions(key string, value []byte, options model.PluginKVSetOptions) (bool, *model.AppError) {
	if options.Atomic {
		return k.KVCompareAndSet(key, options.OldValue, value)
	}
	return true, k.KVSet(key, value)
}

func (k *KV) swap(key string, may func(held []byte) bool, value []byte) (bool, *model.AppError) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken != nil {
		return false, k.broken
	}
	if !may(k.values[key]) {
		return false, nil
	}
	k.writes[key]++
	if value == nil {
		delete(k.values, key)
	} else {
		k.values[key] = slices.Clone(value)
	}
	return true, nil
}
