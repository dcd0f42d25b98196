package link

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/testkit"
)

// FuzzHello holds that what is taken of a greeting is what the contract's schema takes.
func FuzzHello(f *testing.F) {
	f.Add([]byte(`{"protocols":[1],"gateway_id":"gateway-0001","account":"default","adapter_version":"1","sent_at":1}`))
	f.Add([]byte(`{"protocols":[2,1],"gateway_id":"gateway-0001","account":"a.b","adapter_version":"1","proposed_url":"http://x","sent_at":1,"transport":"pull"}`))
	f.Add([]byte(`{"protocols":[-1]}`))
	f.Add([]byte(`{"catalogue":[{"name":"a"}]}`))
	f.Add([]byte(strings.Repeat("[", 20_000)))
	schema := testkit.Schema(f, "hello")
	f.Fuzz(func(t *testing.T, raw []byte) {
		var hello Hello
		if json.Unmarshal(raw, &hello) != nil || hello.Validate() != nil {
			return
		}
		// What is left out means nothing, which the schema says by a default.
		hello.Capabilities, hello.Catalogue = append([]string{}, hello.Capabilities...), []CommandSpec{}
		if hello.Transport == "" {
			hello.Transport = TransportAuto
		}
		if err := testkit.Check(t, schema, hello); err != nil {
			t.Errorf("taken against the schema: %v", err)
		}
	})
}

// FuzzGatewayURL holds that what is taken is one plain address, and the same when it is read again.
func FuzzGatewayURL(f *testing.F) {
	for _, raw := range []string{
		"https://gateway.example.com/oc/", "http://127.0.0.1:1", "http://[::ffff:203.0.113.7]", "http://0x7f.1", "http://2130706433",
		"https://a@b", "http://127.0.0.1\r\nHost: x", "https://x\\@y", "http://[::1%25lo]:80", "https://[fe80::1]", "//x", "http://x:port",
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		taken, err := ParseGatewayURL(raw)
		var invalid InvalidError
		if err != nil {
			if !errors.As(err, &invalid) || taken != "" {
				t.Errorf("%q: %q %v", raw, taken, err)
			}
			return
		}
		again, err := ParseGatewayURL(taken)
		parsed, parseErr := url.Parse(taken)
		if err != nil || again != taken || parseErr != nil {
			t.Fatalf("%q became %q, then %q %v", raw, taken, again, err)
		}
		address, err := netip.ParseAddr(parsed.Hostname())
		if parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" || parsed.Scheme == "http" && err == nil && !isPrivate(address) {
			t.Errorf("%q became %q", raw, taken)
		}
	})
}

// FuzzStored holds that a damaged value in the store is an error and never a crash, nor a key that signs by chance.
func FuzzStored(f *testing.F) {
	f.Add([]byte("{}"))
	f.Add([]byte("null"))
	f.Add([]byte(`{"current":"AAAA"}`))
	f.Add([]byte(`{"current":null,"retired":[{"key":{},"until":-1}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		kv := testkit.NewKV()
		_, _ = kv.KVSet(keysKey, raw), kv.KVSet(linksKey, raw)
		if keys, err := NewKeys(kv, "server", time.Now); err == nil {
			token, err := keys.Sign("gateway-0001", "default", nil)
			v := newVerifier(t, keys.JWKS().Keys[:1], time.Now().Unix(), map[string]string{
				"iss": "server", "aud": "gateway-0001", "sub": "default", "htm": "POST", "htu": EventsPath("default"),
			})
			if code := v.verify(t, token, nil); err != nil || code != "" {
				t.Errorf("%s %v", code, err)
			}
		}
		_ = NewBook(kv, time.Now).Reload()
	})
}

// FuzzToken holds that of a signed token nothing can be changed.
func FuzzToken(f *testing.F) {
	f.Add(0, byte('A'))
	f.Add(40, byte('.'))
	f.Add(200, byte('_'))
	f.Fuzz(func(t *testing.T, at int, by byte) {
		c := newClock()
		keys := makeKeys(t, testkit.NewKV(), c)
		token, err := keys.Sign("gateway-0001", "default", nil)
		if err != nil {
			t.Fatal(err)
		}
		place := (at%len(token) + len(token)) % len(token)
		changed := token[:place] + string(by) + token[place+1:]
		v := newVerifier(t, keys.JWKS().Keys, c.now().Unix(), expectFor("default"))
		if code := v.verify(t, changed, nil); (code == "") != (changed == token) {
			t.Errorf("%q at %d: %q", by, place, code)
		}
	})
}

func TestRevokingLeavesNoOldKey(t *testing.T) {
	kv, c := testkit.NewKV(), newClock()
	here, there := makeKeys(t, kv, c), makeKeys(t, kv, c)
	if _, err := here.Rotate(); err != nil {
		t.Fatal(err)
	}
	stolen, _ := here.Sign("gateway-0001", "default", nil)
	kid, err := here.Revoke()
	if set := here.JWKS().Keys; err != nil || len(set) != 1 || set[0].KID != kid {
		t.Fatalf("%v %v", set, err)
	}
	c.advance(time.Second)
	for name, node := range map[string]*Keys{"here": here, "there": there} {
		set := node.JWKS().Keys
		v := newVerifier(t, set, c.now().Unix(), expectFor("default"))
		if code := v.verify(t, stolen, nil); code != "token.key_unknown" {
			t.Errorf("%s: a stolen key is answered with %q", name, code)
		}
		token, _ := node.Sign("gateway-0001", "default", nil)
		if code := v.verify(t, token, nil); code != "" {
			t.Errorf("%s: what it signs is answered with %q", name, code)
		}
	}
}

func TestHTTPSGoesNowhereThatIsNoHost(t *testing.T) {
	for address, allowed := range map[string]bool{
		"203.0.113.7:443": true, "10.0.0.1:443": true, "[2001:db8::1]:443": true, "127.0.0.1:443": true,
		"169.254.169.254:443": false, "[::ffff:169.254.169.254]:443": false, "[fe80::1]:443": false,
		"0.0.0.0:443": false, "[::]:443": false, "224.0.0.1:443": false, "nonsense": false,
	} {
		if err := refuseNoHost("tcp", address, nil); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// The name is looked up once, at the dial, and that address is judged: there is no second answer to change to.
func TestANameIsJudgedByTheAddressThatIsDialled(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer server.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	response, err := NewClient().Get("http://localhost:" + port)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if !reached {
		t.Error("localhost was not reached")
	}
	for _, host := range []string{"0.0.0.0", "[::]", "169.254.169.254", "[::ffff:169.254.169.254]"} {
		for _, scheme := range []string{"http://", "https://"} {
			response, err := NewClient().Get(scheme + host + ":" + port)
			if response != nil {
				_ = response.Body.Close()
			}
			if !errors.Is(err, ErrPublicAddress) && !errors.Is(err, ErrNoHost) {
				t.Errorf("%s%s: %v", scheme, host, err)
			}
		}
	}
}
