package link

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"mattermost-plugin-openclaw/server/testkit"
)

// verifier checks tokens in the order of contract/README.md. It is the receiver's side, for tests only.
type verifier struct {
	keys           []JWK
	header, claims *jsonschema.Schema
	expect         map[string]string
	now            int64
	seen           map[string]bool
}

type tokenClaims struct {
	Iss, Aud, Sub, Jti, Htm, Htu string
	Iat, Exp                     int64
	BodySHA256                   string `json:"body_sha256"`
}

func newVerifier(t testing.TB, keys []JWK, now int64, expect map[string]string) *verifier {
	t.Helper()
	return &verifier{
		keys: keys, now: now, expect: expect, seen: map[string]bool{},
		header: testkit.Schema(t, "token-header"), claims: testkit.Schema(t, "token-claims"),
	}
}

// verify returns the code of the first check that fails, or "".
func (v *verifier) verify(t testing.TB, token string, body []byte) string {
	t.Helper()
	if token == "" {
		return "token.missing"
	}
	parts, raw := strings.Split(token, "."), [3][]byte{}
	if len(parts) != len(raw) {
		return "token.malformed"
	}
	for i, part := range parts {
		decoded, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil || strings.ContainsAny(part, "\r\n") {
			return "token.malformed"
		}
		raw[i] = decoded
	}
	var header struct{ KID string }
	if !json.Valid(raw[0]) {
		return "token.malformed"
	}
	if testkit.Check(t, v.header, json.RawMessage(raw[0])) != nil {
		return "token.header"
	}
	_ = json.Unmarshal(raw[0], &header)
	key := v.key(header.KID)
	if key == nil {
		return "token.key_unknown"
	}
	hash := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if len(raw[2]) != 64 || !ecdsa.Verify(key, hash[:], new(big.Int).SetBytes(raw[2][:32]), new(big.Int).SetBytes(raw[2][32:])) {
		return "token.signature"
	}
	if !json.Valid(raw[1]) || testkit.Check(t, v.claims, json.RawMessage(raw[1])) != nil {
		return "token.claims"
	}
	var c tokenClaims
	_ = json.Unmarshal(raw[1], &c)
	return v.judge(c, body)
}

func (v *verifier) judge(c tokenClaims, body []byte) string {
	const tolerance, lifetime = 30, 60
	hash := sha256.Sum256(body)
	switch {
	case c.Iss != v.expect["iss"]:
		return "token.issuer"
	case c.Aud != v.expect["aud"]:
		return "token.audience"
	case c.Sub != v.expect["sub"]:
		return "token.subject"
	case c.Exp-c.Iat > lifetime || c.Exp <= c.Iat:
		return "token.lifetime"
	case c.Iat > v.now+tolerance:
		return "token.not_yet"
	case c.Exp+tolerance <= v.now:
		return "token.expired"
	case c.Htm != v.expect["htm"]:
		return "token.method"
	case c.Htu != v.expect["htu"]:
		return "token.path"
	case subtle.ConstantTimeCompare([]byte(c.BodySHA256), []byte(encode(hash[:]))) != 1:
		return "token.body"
	case v.seen[c.Jti]:
		return "token.replayed"
	}
	v.seen[c.Jti] = true
	return ""
}

func (v *verifier) key(kid string) *ecdsa.PublicKey {
	for _, key := range v.keys {
		if key.KID == kid {
			x, _ := base64.RawURLEncoding.DecodeString(key.X)
			y, _ := base64.RawURLEncoding.DecodeString(key.Y)
			public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
			if err == nil {
				return public
			}
		}
	}
	return nil
}

func TestTokensOfTheContract(t *testing.T) {
	var vectors struct {
		Now     int64
		Trusted JWKS
		Expect  map[string]string
		Body    string
		Cases   []struct {
			Name  string
			Token string
			Code  *string
			After []string
		}
	}
	testkit.Vectors(t, "tokens", &vectors)
	if len(vectors.Cases) == 0 {
		t.Fatal("the contract has no tokens")
	}
	for _, c := range vectors.Cases {
		t.Run(c.Name, func(t *testing.T) {
			v := newVerifier(t, vectors.Trusted.Keys, vectors.Now, vectors.Expect)
			for _, earlier := range c.After {
				v.verify(t, earlier, []byte(vectors.Body))
			}
			want := ""
			if c.Code != nil {
				want = *c.Code
			}
			if got := v.verify(t, c.Token, []byte(vectors.Body)); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
