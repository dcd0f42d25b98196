package link

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// SignatureHeader carries the token; Authorization is taken by Mattermost on its plugin routes.
const SignatureHeader = "X-OpenClaw-Signature"

const (
	tokenType     = "oc-mm+jwt"
	tokenLifetime = 60 * time.Second
)

// EventsPath is the protocol's path on the gateway, without a proxy's prefix.
func EventsPath(account string) string {
	return "/mattermost/v1/" + url.PathEscape(account) + "/events"
}

// Sign makes the token of one attempt to deliver body to an account of a gateway.
func (k *Keys) Sign(gatewayID, account string, body []byte) (string, error) {
	token, _, err := k.sign(http.MethodPost, gatewayID, account, body)
	return token, err
}

// SignPull makes the token of a body that answers a pull, and tells its id, which the puller acknowledges it by.
func (k *Keys) SignPull(gatewayID, account string, body []byte) (token, id string, err error) {
	return k.sign(http.MethodGet, gatewayID, account, body)
}

func (k *Keys) sign(method, gatewayID, account string, body []byte) (signed, id string, err error) {
	private, kid := k.signing()
	hash, now, id := sha256.Sum256(body), k.now(), nonce()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": k.issuer, "aud": gatewayID, "sub": account,
		"iat": now.Unix(), "exp": now.Add(tokenLifetime).Unix(), "jti": id,
		"htm": method, "htu": EventsPath(account), "body_sha256": encode(hash[:]),
	})
	token.Header = map[string]any{"alg": "ES256", "typ": tokenType, "kid": kid}
	signed, err = token.SignedString(private)
	return signed, id, err
}
