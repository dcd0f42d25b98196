package button

import (
	"encoding/json"

	"github.com/mattermost/mattermost/server/public/model"
)

// KV is the part of Mattermost's plugin API that claims are stored with.
type KV interface {
	KVGet(key string) ([]byte, *model.AppError)
	KVSetWithOptions(key string, value []byte, options model.PluginKVSetOptions) (bool, *model.AppError)
}

// Claim says who was first at a set of buttons.
type Claim struct {
	ItemID string `json:"item_id"`
	UserID string `json:"user_id"`
}

const (
	prefix = "chosen_"
	// heldFor is longer than buttons stay in a post whose set is claimed.
	heldFor = 30 * 24 * 60 * 60
)

// Take claims a set of buttons and returns the claim that holds: the first one, on whatever node.
func Take(kv KV, set string, claim Claim) (Claim, error) {
	raw, err := json.Marshal(claim)
	if err != nil {
		return Claim{}, err
	}
	stored, appErr := kv.KVSetWithOptions(prefix+set, raw, model.PluginKVSetOptions{Atomic: true, ExpireInSeconds: heldFor})
	if appErr != nil {
		return Claim{}, appErr
	}
	if stored {
		return claim, nil
	}
	held, _, err := Held(kv, set)
	return held, err
}

// Held returns the claim of a set, if there is one.
func Held(kv KV, set string) (claim Claim, held bool, err error) {
	raw, appErr := kv.KVGet(prefix + set)
	if appErr != nil {
		return claim, false, appErr
	}
	if raw == nil {
		return claim, false, nil
	}
	err = json.Unmarshal(raw, &claim)
	return claim, err == nil, err
}
