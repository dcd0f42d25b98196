package link

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mattermost-plugin-openclaw/server/testkit"
)

func TestGatewayURLs(t *testing.T) {
	for raw, want := range map[string]string{
		"https://gateway.example.com":                      "https://gateway.example.com",
		" https://gateway.example.com/ ":                   "https://gateway.example.com",
		"https://gateway.example.com:8443/oc/":             "https://gateway.example.com:8443/oc",
		"https://203.0.113.7":                              "https://203.0.113.7",
		"http://localhost:18789":                           "http://localhost:18789",
		"http://127.0.0.1:18789":                           "http://127.0.0.1:18789",
		"http://[::1]:18789":                               "http://[::1]:18789",
		"http://10.1.2.3":                                  "http://10.1.2.3",
		"http://[fd12::1]:80":                              "http://[fd12::1]:80",
		"http://gateway:18789":                             "http://gateway:18789",
		"https://gateway.example.com/a%20b":                "https://gateway.example.com/a%20b",
		"":                                                 "",
		"gateway.example.com":                              "",
		"localhost:18789":                                  "",
		"ftp://gateway.example.com":                        "",
		"https://":                                         "",
		"https://user:secret@gateway.example.com":          "",
		"https://gateway.example.com?x=1":                  "",
		"https://gateway.example.com?":                     "",
		"https://gateway.example.com/#":                    "",
		"http://203.0.113.7":                               "",
		"http://169.254.169.254":                           "",
		"http://[::ffff:203.0.113.7]":                      "",
		"http://0.0.0.0":                                   "",
		"https://a.example/" + strings.Repeat("a", maxURL): "",
	} {
		got, err := ParseGatewayURL(raw)
		var invalid InvalidError
		if got != want || (want == "") != errors.As(err, &invalid) {
			t.Errorf("%q: got %q and %v, want %q", raw, got, err, want)
		}
	}
}

func TestPlainHTTPIsDialledToPrivateAddressesOnly(t *testing.T) {
	for address, allowed := range map[string]bool{
		"127.0.0.1:80": true, "[::1]:80": true, "192.168.1.5:80": true, "172.16.0.1:80": true, "[fd00::1]:80": true,
		"[::ffff:10.0.0.1]:80": true, "203.0.113.7:80": false, "[2001:db8::1]:80": false, "169.254.169.254:80": false,
		"[fe80::1]:80": false, "0.0.0.0:80": false, "172.32.0.1:80": false, "nonsense": false,
	} {
		if err := refusePublic("tcp", address, nil); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestTheClientReachesLoopbackAndFollowsNoRedirect(t *testing.T) {
	server := httptest.NewServer(http.RedirectHandler("/elsewhere", http.StatusFound))
	defer server.Close()
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), nil)
	response, err := NewClient().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusFound {
		t.Errorf("status %d", response.StatusCode)
	}
}

func TestHTTPToAPublicAddressIsRefusedAtTheDial(t *testing.T) {
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://192.0.2.1/", nil)
	response, err := NewClient().Do(request)
	if err == nil {
		response.Body.Close()
	}
	if !errors.Is(err, ErrPublicAddress) {
		t.Error(err)
	}
}

func TestHelloIsCheckedAsTheContractSays(t *testing.T) {
	if err := aHello().Validate(); err != nil {
		t.Fatal(err)
	}
	schema := testkit.Schema(t, "hello")
	for name, breakIt := range map[string]func(*Hello){
		"no protocols":          func(h *Hello) { h.Protocols = nil },
		"protocol 0":            func(h *Hello) { h.Protocols = []int{1, 0} },
		"many protocols":        func(h *Hello) { h.Protocols = make([]int, 17) },
		"no gateway":            func(h *Hello) { h.GatewayID = "" },
		"short gateway":         func(h *Hello) { h.GatewayID = "gateway" },
		"odd gateway":           func(h *Hello) { h.GatewayID = "gateway_0001" },
		"gateway with newline":  func(h *Hello) { h.GatewayID = "gateway-0001\n" },
		"no account":            func(h *Hello) { h.Account = "" },
		"account with slash":    func(h *Hello) { h.Account = "../x" },
		"account begins oddly":  func(h *Hello) { h.Account = ".x" },
		"long account":          func(h *Hello) { h.Account = strings.Repeat("a", 65) },
		"no adapter version":    func(h *Hello) { h.AdapterVersion = "" },
		"long adapter version":  func(h *Hello) { h.AdapterVersion = strings.Repeat("1", 65) },
		"long openclaw version": func(h *Hello) { h.OpenClawVersion = strings.Repeat("1", 65) },
		"long proposed URL":     func(h *Hello) { h.ProposedURL = "https://a.example/" + strings.Repeat("a", 500) },
		"many capabilities":     func(h *Hello) { h.Capabilities = make([]string, 65) },
		"long capability":       func(h *Hello) { h.Capabilities = []string{strings.Repeat("a", 65)} },
		"negative time":         func(h *Hello) { h.SentAt = -1 },
	} {
		broken := aHello()
		broken.Capabilities = []string{}
		breakIt(&broken)
		if broken.Validate() == nil {
			t.Errorf("%s: taken", name)
		}
		if testkit.Check(t, schema, broken) == nil {
			t.Errorf("%s: the contract takes it", name)
		}
	}
	other := aHello()
	other.Protocols = []int{2}
	if err := other.Validate(); !errors.Is(err, ErrProtocol) {
		t.Error(err)
	}
}
