// Package link holds the trust between this plugin and an adapter: keys and signatures, what an adapter
// said in its hello, what an admin confirmed, and the proof that a URL is that adapter.
package link

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/mattermost/mattermost/server/public/model"
)

// KV is the part of Mattermost's plugin API that links are stored with. Only compare-and-set is trusted:
// reads may come from a replica.
type KV interface {
	KVGet(key string) ([]byte, *model.AppError)
	KVCompareAndSet(key string, before, after []byte) (bool, *model.AppError)
	KVCompareAndDelete(key string, before []byte) (bool, *model.AppError)
	KVSetWithExpiry(key string, value []byte, seconds int64) *model.AppError
}

// errContended says that others changed the same key faster than we could.
var errContended = errors.New("the stored value kept changing, try again")

// read fills value from the key and returns the raw bytes; an absent key leaves value alone.
func read[T any](kv KV, key string, value *T) ([]byte, error) {
	raw, appErr := kv.KVGet(key)
	if appErr != nil {
		return nil, fmt.Errorf("read %s: %w", key, appErr)
	}
	if raw == nil {
		return nil, nil
	}
	if err := json.Unmarshal(raw, value); err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return raw, nil
}

// update changes the value of a key by compare-and-set and returns what is stored then. Nothing is written
// if change leaves the value as it is.
func update[T any](kv KV, key string, change func(*T) error) (T, error) {
	const attempts = 8
	for range attempts {
		var value T
		before, err := read(kv, key, &value)
		if err != nil {
			return value, err
		}
		if err = change(&value); err != nil {
			return value, err
		}
		after, err := json.Marshal(value)
		if err != nil {
			return value, fmt.Errorf("write %s: %w", key, err)
		}
		if bytes.Equal(before, after) {
			return value, nil
		}
		stored, appErr := kv.KVCompareAndSet(key, before, after)
		if appErr != nil {
			return value, fmt.Errorf("write %s: %w", key, appErr)
		}
		if stored {
			return value, nil
		}
	}
	var none T
	return none, fmt.Errorf("write %s: %w", key, errContended)
}
