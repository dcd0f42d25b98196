package link

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/testkit"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.UnixMilli(1_790_000_000_000)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func makeKeys(t *testing.T, kv KV, c *clock) *Keys {
	t.Helper()
	keys, err := NewKeys(kv, "server-diagnostic-id", c.now)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func expectFor(account string) map[string]string {
	return map[string]string{"iss": "server-diagnostic-id", "aud": "gateway-0001", "sub": account, "htm": "POST", "htu": EventsPath(account)}
}

func TestNodesAgreeOnTheFirstKey(t *testing.T) {
	kv, c := testkit.NewKV(), newClock()
	kids, running := make([]string, 16), sync.WaitGroup{}
	for i := range kids {
		running.Go(func() {
			keys, err := NewKeys(kv, "server-diagnostic-id", c.now)
			if err != nil {
				t.Error(err)
				return
			}
			kids[i] = keys.JWKS().Keys[0].KID
		})
	}
	running.Wait()
	for _, kid := range kids {
		if kid != kids[0] || kid == "" {
			t.Fatalf("nodes hold different keys: %v", kids)
		}
	}
}

func TestTheKeySetIsAsTheContractSaysAndNamedByItsThumbprint(t *testing.T) {
	set := makeKeys(t, testkit.NewKV(), newClock()).JWKS()
	if err := testkit.Check(t, testkit.Schema(t, "jwks"), set); err != nil {
		t.Error(err)
	}
	key := set.Keys[0]
	canonical, _ := json.Marshal(map[string]string{"kty": key.KTY, "crv": key.CRV, "x": key.X, "y": key.Y})
	hash := sha256.Sum256(canonical)
	if want := base64.RawURLEncoding.EncodeToString(hash[:]); key.KID != want {
		t.Errorf("kid %s, want the thumbprint %s", key.KID, want)
	}
}

func TestATokenPassesTheReceiversChecksOnce(t *testing.T) {
	c := newClock()
	keys := makeKeys(t, testkit.NewKV(), c)
	body := []byte(`{"v":1}`)
	for _, account := range []string{"default", "a.b-c_d", "A1"} {
		token, err := keys.Sign("gateway-0001", account, body)
		if err != nil {
			t.Fatal(err)
		}
		v := newVerifier(t, keys.JWKS().Keys, c.now().Unix(), expectFor(account))
		if code := v.verify(t, token, body); code != "" {
			t.Errorf("refused with %s", code)
		}
		if code := v.verify(t, token, body); code != "token.replayed" {
			t.Errorf("shown again: %q", code)
		}
		header, _ := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
		if len(header) == 0 || strings.Count(string(header), `":`) != 3 {
			t.Errorf("header %s has other fields", header)
		}
	}
}

func TestEachAttemptHasAJtiOfItsOwn(t *testing.T) {
	keys := makeKeys(t, testkit.NewKV(), newClock())
	seen := map[string]bool{}
	for range 100 {
		token, _ := keys.Sign("gateway-0001", "default", nil)
		raw, _ := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
		var c tokenClaims
		if err := json.Unmarshal(raw, &c); err != nil || seen[c.Jti] {
			t.Fatalf("jti %s was used before (%v)", c.Jti, err)
		}
		seen[c.Jti] = true
	}
}

func TestRotationSignsAtOnceAndKeepsTheOldKeyTenMinutes(t *testing.T) {
	kv, c := testkit.NewKV(), newClock()
	keys := makeKeys(t, kv, c)
	old := keys.JWKS().Keys[0].KID
	kid, err := keys.Rotate()
	if err != nil || kid == old {
		t.Fatalf("rotated from %s to %s: %v", old, kid, err)
	}
	if set := keys.JWKS().Keys; len(set) != 2 || set[0].KID != kid || set[1].KID != old {
		t.Errorf("the set is %v", set)
	}
	token, _ := keys.Sign("gateway-0001", "default", nil)
	v := newVerifier(t, keys.JWKS().Keys[:1], c.now().Unix(), expectFor("default"))
	if code := v.verify(t, token, nil); code != "" {
		t.Errorf("the new key does not sign: %s", code)
	}
	c.advance(10*time.Minute - time.Second)
	if len(keys.JWKS().Keys) != 2 {
		t.Error("the old key left the set too early")
	}
	c.advance(time.Second)
	if len(keys.JWKS().Keys) != 1 {
		t.Error("the old key stayed in the set")
	}
}

func TestAnotherNodeLearnsOfARotation(t *testing.T) {
	kv, c := testkit.NewKV(), newClock()
	here, there := makeKeys(t, kv, c), makeKeys(t, kv, c)
	kid, _ := here.Rotate()
	c.advance(publicMaxAge)
	if got := there.JWKS().Keys[0].KID; got != kid {
		t.Errorf("the other node shows %s, want %s", got, kid)
	}
	kid, _ = here.Rotate()
	c.advance(signingMaxAge)
	if _, got := there.signing(); got != kid {
		t.Errorf("the other node signs with %s, want %s", got, kid)
	}
}

func TestKeysGoOnServingWhileTheStoreFails(t *testing.T) {
	kv, c := testkit.NewKV(), newClock()
	keys := makeKeys(t, kv, c)
	kid := keys.JWKS().Keys[0].KID
	kv.Break()
	c.advance(time.Hour)
	if got := keys.JWKS().Keys[0].KID; got != kid {
		t.Errorf("got %s, want %s", got, kid)
	}
	if got, err := keys.Rotate(); err == nil {
		t.Errorf("rotated to %s without a store", got)
	}
}

func TestRotatingTooOftenIsRefusedBeforeTheSetOverflows(t *testing.T) {
	c := newClock()
	keys := makeKeys(t, testkit.NewKV(), c)
	var err error
	for range 40 {
		if _, err = keys.Rotate(); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrRotatedTooOften) || len(keys.JWKS().Keys) > 16 {
		t.Errorf("%d keys in the set, %v", len(keys.JWKS().Keys), err)
	}
	c.advance(retiredFor)
	if _, err = keys.Rotate(); err != nil {
		t.Error(err)
	}
}

func TestRotationUnderTrafficNeverSignsWithAKeyOutsideTheSet(t *testing.T) {
	kv, c := testkit.NewKV(), newClock()
	keys := makeKeys(t, kv, c)
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			for range 50 {
				token, err := keys.Sign("gateway-0001", "default", nil)
				v := newVerifier(t, keys.JWKS().Keys, c.now().Unix(), expectFor("default"))
				if code := v.verify(t, token, nil); err != nil || code != "" {
					t.Errorf("%q %v", code, err)
				}
			}
		})
	}
	for range 5 {
		if _, err := keys.Rotate(); err != nil {
			t.Error(err)
		}
	}
	running.Wait()
}
