package courier

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/link"
	"mattermost-plugin-openclaw/server/testkit"
)

// send makes one attempt over a real connection.
func send(t *testing.T, url string) Verdict {
	t.Helper()
	deps := Deps{Client: link.NewClient(), Signer: newGateway(t), Now: time.Now}
	to := target()
	to.URL = url
	return deps.push(t.Context(), to, event.NewPing("0123456789abcdef", 1))
}

func TestADeliveryIsAsTheContractSays(t *testing.T) {
	schema := testkit.Schema(t, "delivery")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		if err := testkit.Check(t, schema, json.RawMessage(raw)); err != nil || r.Method != http.MethodPost {
			t.Error(err)
		}
		_, _ = w.Write([]byte(`{"acked":["ping:0123456789abcdef"],"failed":[]}`))
	}))
	defer server.Close()
	if v := send(t, server.URL); v.Outcome != Answered || v.Code != "" {
		t.Errorf("%+v", v)
	}
}

func TestWhatTheNetworkSaysIsToldApart(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>Sign in</html>"))
	}))
	defer page.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	elsewhere := httptest.NewServer(http.RedirectHandler("/x", http.StatusTemporaryRedirect))
	defer elsewhere.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + listener.Addr().String()
	_ = listener.Close()
	for url, want := range map[string]string{
		page.URL: "answer.html", secure.URL: "gateway.certificate", elsewhere.URL: "http.307", closed: "gateway.refused",
		"http://192.0.2.1": "gateway.public_address", "https://nowhere.invalid": "gateway.unknown_host",
	} {
		if v := send(t, url); v.Code != want || v.Message == "" {
			t.Errorf("%s: %q %s, want %s", url, v.Code, v.Message, want)
		}
	}
}
