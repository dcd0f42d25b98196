package link

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	keysKey = "keys"
	// retiredFor is how long an old public key stays in the set, which the wire limits to 16 keys.
	retiredFor = 10 * time.Minute
	maxRetired = 12
	// signingMaxAge bounds how long this node signs with a key that another node has rotated away;
	// publicMaxAge the same for the public set, which an adapter reads when it meets an unknown key.
	signingMaxAge = time.Second
	publicMaxAge  = 250 * time.Millisecond
)

// ErrRotatedTooOften refuses a rotation while too many old keys are still trusted.
var ErrRotatedTooOften = errors.New("the keys were rotated too often, try again in ten minutes")

// JWK is a public key of the set.
type JWK struct {
	KTY string `json:"kty"`
	CRV string `json:"crv"`
	Alg string `json:"alg"`
	Use string `json:"use"`
	KID string `json:"kid"`
	X   string `json:"x"`
	Y   string `json:"y"`
}

// JWKS is the public key set.
type JWKS struct {
	Keys []JWK `json:"keys"`
}

// keyring is the value of keysKey: the signing key in SEC 1 form, and the public keys that are trusted still.
type keyring struct {
	Current []byte    `json:"current"`
	Retired []retired `json:"retired,omitempty"`
}

type retired struct {
	Key   JWK   `json:"key"`
	Until int64 `json:"until"`
}

// Keys signs with this server's key, which all nodes share through the KV store. It is safe for concurrent use.
type Keys struct {
	kv     KV
	issuer string
	now    func() time.Time

	mu      sync.Mutex
	private *ecdsa.PrivateKey
	public  JWK
	retired []retired
	readAt  time.Time
}

// NewKeys reads the key, or makes the first one. The issuer is the server's diagnostic id.
func NewKeys(kv KV, issuer string, now func() time.Time) (*Keys, error) {
	k := &Keys{kv: kv, issuer: issuer, now: now}
	return k, k.change(func(ring *keyring) (err error) {
		if ring.Current == nil {
			ring.Current, err = newKey()
		}
		return err
	})
}

// Rotate makes a new key, which signs at once, and returns its id; the old one stays in the set for ten minutes.
func (k *Keys) Rotate() (string, error) {
	err := k.change(func(ring *keyring) error {
		_, public, err := parseKey(ring.Current)
		if err != nil {
			return err
		}
		ring.Retired = append(trusted(ring.Retired, k.now()), retired{public, k.now().Add(retiredFor).UnixMilli()})
		if len(ring.Retired) > maxRetired {
			return ErrRotatedTooOften
		}
		ring.Current, err = newKey()
		return err
	})
	return k.JWKS().Keys[0].KID, err
}

// Revoke makes a new key, which signs at once, and returns its id; none before it is trusted any more.
func (k *Keys) Revoke() (string, error) {
	err := k.change(func(ring *keyring) (err error) {
		ring.Retired = nil
		ring.Current, err = newKey()
		return err
	})
	return k.JWKS().Keys[0].KID, err
}

// JWKS returns the keys that are trusted now, the signing one first.
func (k *Keys) JWKS() JWKS {
	k.Refresh(publicMaxAge)
	k.mu.Lock()
	defer k.mu.Unlock()
	set := JWKS{Keys: []JWK{k.public}}
	for _, old := range trusted(k.retired, k.now()) {
		set.Keys = append(set.Keys, old.Key)
	}
	return set
}

// Refresh reads the keys anew if they are older than maxAge. If that fails, those at hand go on serving.
func (k *Keys) Refresh(maxAge time.Duration) {
	k.mu.Lock()
	due := k.now().Sub(k.readAt) >= maxAge
	if due {
		k.readAt = k.now()
	}
	k.mu.Unlock()
	var ring keyring
	if due {
		if raw, err := read(k.kv, keysKey, &ring); err == nil && raw != nil {
			_ = k.adopt(ring)
		}
	}
}

func (k *Keys) signing() (*ecdsa.PrivateKey, string) {
	k.Refresh(signingMaxAge)
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.private, k.public.KID
}

func (k *Keys) change(alter func(*keyring) error) error {
	ring, err := update(k.kv, keysKey, alter)
	if err != nil {
		return err
	}
	return k.adopt(ring)
}

func (k *Keys) adopt(ring keyring) error {
	private, public, err := parseKey(ring.Current)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.private, k.public, k.retired, k.readAt = private, public, ring.Retired, k.now()
	return nil
}

func newKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return x509.MarshalECPrivateKey(key)
}

// parseKey also makes the public key, named by its RFC 7638 thumbprint.
func parseKey(der []byte) (*ecdsa.PrivateKey, JWK, error) {
	private, err := x509.ParseECPrivateKey(der)
	if err != nil {
		return nil, JWK{}, err
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		return nil, JWK{}, err
	}
	half := len(point) / 2
	x, y := encode(point[1:1+half]), encode(point[1+half:])
	thumb := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + y + `"}`))
	return private, JWK{KTY: "EC", CRV: "P-256", Alg: "ES256", Use: "sig", KID: encode(thumb[:]), X: x, Y: y}, nil
}

func trusted(keys []retired, now time.Time) []retired {
	return slices.DeleteFunc(slices.Clone(keys), func(old retired) bool { return old.Until <= now.UnixMilli() })
}

// encode is base64url without padding, as everywhere on the wire.
func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// nonce is a new random text of 32 characters.
func nonce() string {
	const size = 24
	raw := make([]byte, size)
	// crypto/rand never fails since Go 1.24: it crashes the program instead.
	_, _ = rand.Read(raw)
	return encode(raw)
}
