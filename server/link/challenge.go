package link

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

const (
	challengeTTL    = 60 * time.Second
	challengePrefix = "challenge_"
)

// Proof is what an answered challenge proves: this URL is that gateway, and it holds the bot's token.
type Proof struct {
	BotID     string `json:"bot_id"`
	URL       string `json:"url"`
	GatewayID string `json:"gateway_id"`
	// Until is checked here, because Mattermost purges expired keys once a day.
	Until int64 `json:"until"`
}

// Challenges are stored, because the answer may reach another node than the one that asked. It is safe for concurrent use.
type Challenges struct {
	kv  KV
	now func() time.Time

	mu      sync.Mutex
	waiting map[string]chan struct{}
}

// NewChallenges makes a desk with no open challenge.
func NewChallenges(kv KV, now func() time.Time) *Challenges {
	return &Challenges{kv: kv, now: now, waiting: map[string]chan struct{}{}}
}

// Issue stores a new challenge. The channel is closed when it is answered; nobody waits any more once ctx ends.
func (c *Challenges) Issue(ctx context.Context, proof Proof) (string, <-chan struct{}, error) {
	challenge, answered := nonce(), make(chan struct{})
	proof.Until = c.now().Add(challengeTTL).UnixMilli()
	value, err := json.Marshal(proof)
	if err != nil {
		return "", nil, err
	}
	if appErr := c.kv.KVSetWithExpiry(challengePrefix+challenge, value, int64(challengeTTL/time.Second)); appErr != nil {
		return "", nil, fmt.Errorf("store a challenge: %w", appErr)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[challenge] = answered
	context.AfterFunc(ctx, func() { c.forget(challenge) })
	return challenge, answered, nil
}

// Take uses up a challenge that was issued for this bot; false for any other.
func (c *Challenges) Take(botID, challenge string) (Proof, bool, error) {
	var proof Proof
	key := challengePrefix + challenge
	raw, err := read(c.kv, key, &proof)
	if err != nil || raw == nil || proof.BotID != botID || proof.Until < c.now().UnixMilli() {
		return Proof{}, false, err
	}
	taken, appErr := c.kv.KVCompareAndDelete(key, raw)
	if appErr != nil {
		return Proof{}, false, fmt.Errorf("use up a challenge: %w", appErr)
	}
	return proof, taken, nil
}

// Answered wakes who waits for this challenge on this node.
func (c *Challenges) Answered(challenge string) {
	if answered := c.forget(challenge); answered != nil {
		close(answered)
	}
}

func (c *Challenges) forget(challenge string) chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	answered := c.waiting[challenge]
	delete(c.waiting, challenge)
	return answered
}
