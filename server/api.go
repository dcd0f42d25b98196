package main

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/link"
)

// access says who may call a route: members are all who are logged in. Mattermost-User-Id is set by the server alone: for a valid token, or for a
// session whose request passed its CSRF check.
type access int

const (
	anyone access = iota
	bots
	members
	admins
)

// route is one row of the API: there is no address beside the table. A longer body is refused; a nil answer is 204.
type route struct {
	method, pattern string
	maxBytes        int64
	access          access
	serve           func(call) (any, error)
}

// call is a request that passed all checks.
type call struct {
	*http.Request
	userID string
	body   []byte
}

// page is an answer that is written as it is.
type page struct {
	header http.Header
	body   []byte
}

// refusal is an error that the caller is told.
type refusal struct {
	status  int
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (r refusal) Error() string { return r.Code }

func (p *Plugin) table() []route {
	const small, large = 1 << 10, 64 << 10
	return []route{
		{http.MethodGet, "/api/v1/jwks.json", 0, anyone, p.serveJWKS},
		{http.MethodPost, "/api/v1/hello", large, bots, p.serveHello},
		{http.MethodGet, "/api/v1/status", 0, bots, p.serveStatus},
		{http.MethodPost, "/api/v1/challenge", small, bots, p.serveChallenge},
		{http.MethodGet, "/api/v1/events", 0, bots, p.pull},
		{http.MethodPost, "/api/v1/events", large, bots, p.pull},
		{http.MethodPost, "/api/v1/commands/{id}/answer", large, bots, p.serveAnswer},
		{http.MethodPost, clicksPath, large, members, p.serveClick},
		{http.MethodPost, dialogsPath, large, members, p.serveDialog},
		{http.MethodPost, "/api/v1/clicks/{id}/verdict", large, bots, p.serveVerdict},
		{http.MethodPost, "/api/v1/runs", large, bots, p.serveRuns},
		{http.MethodPost, "/api/v1/panel/answer", large, bots, p.servePanelAnswer},
		{http.MethodGet, "/api/v1/me/sessions", 0, members, p.serveSessions},
		{http.MethodPost, "/api/v1/channels/{id}/engagement", small, members, p.serveEngagement},
		{http.MethodGet, "/api/v1/admin/pairing", 0, admins, p.servePairing},
		{http.MethodPost, "/api/v1/admin/pairing/{id}/approve", small, admins, p.serveApprove},
		{http.MethodPost, "/api/v1/admin/pairing/{id}/deny", small, admins, p.serveDeny},
		{http.MethodPost, "/api/v1/live", large, bots, p.serveLive},
		{http.MethodPost, "/api/v1/live/{draft}/stop", small, members, p.serveLiveStop},
		{http.MethodPost, "/api/v1/ephemeral", large, bots, p.serveEphemeral},
		{http.MethodGet, "/api/v1/channels/{channel}/live", 0, members, p.serveChannelLive},
		{http.MethodGet, "/api/v1/choices/{trigger}/{arg}", 0, members, p.serveChoices},
		{http.MethodGet, "/api/v1/me/catalogue", 0, members, p.serveCatalogue},
		{http.MethodGet, "/api/v1/panel", 0, members, p.servePanel},
		{http.MethodPost, "/api/v1/panel/runs/{run}/stop", small, members, p.serveRunStop},
		{http.MethodGet, "/api/v1/admin/catalogue", 0, admins, p.serveAdminCatalogue},
		{http.MethodGet, "/api/v1/metrics", 0, admins, p.serveMetrics},
		{http.MethodGet, "/api/v1/admin/kept", 0, admins, p.serveKept},
		{http.MethodPost, "/api/v1/admin/kept/{id}/replay", small, admins, p.serveReplay},
		{http.MethodPost, "/api/v1/admin/kept/{id}/discard", small, admins, p.serveDiscard},
		{http.MethodGet, "/api/v1/admin/status", 0, admins, p.serveAdminStatus},
		{http.MethodPost, "/api/v1/admin/links/{bot}/confirm", small, admins, p.serveConfirm},
		{http.MethodPost, "/api/v1/admin/links/{bot}/remove", small, admins, p.serveRemove},
		{http.MethodPost, "/api/v1/admin/links/{bot}/test", small, admins, p.serveTest},
		{http.MethodPost, "/api/v1/admin/token", small, admins, p.serveToken},
		{http.MethodPost, "/api/v1/keys/rotate", small, admins, p.serveRotate},
		{http.MethodPost, "/api/v1/keys/revoke", small, admins, p.serveRevoke},
	}
}

func (p *Plugin) router() http.Handler {
	unknown := func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, nil, refusal{http.StatusNotFound, "route.unknown", "There is nothing at this address."})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", unknown)
	rows := map[string][]route{}
	for _, row := range p.table() {
		rows[row.pattern] = append(rows[row.pattern], row)
	}
	for pattern, same := range rows {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			answer, err := p.admit(same, w, r)
			p.answer(w, answer, err)
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Clean(r.URL.Path) != r.URL.Path {
			unknown(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// admit checks method, caller and body, in this order, before the route sees the request.
func (p *Plugin) admit(same []route, w http.ResponseWriter, r *http.Request) (any, error) {
	at := slices.IndexFunc(same, func(row route) bool { return row.method == r.Method })
	if at < 0 {
		methods := []string{}
		for _, row := range same {
			methods = append(methods, row.method)
		}
		allowed := strings.Join(methods, ", ")
		w.Header().Set("Allow", allowed)
		return nil, refusal{http.StatusMethodNotAllowed, "method.not_allowed", "This address takes " + allowed + " only."}
	}
	row := same[at]
	userID := r.Header.Get("Mattermost-User-Id")
	if err := p.check(row.access, userID); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, row.maxBytes))
	if err != nil {
		return nil, err
	}
	if len(body) > 0 && !json.Valid(body) {
		return nil, refusal{http.StatusBadRequest, "body.json", "The body is not JSON."}
	}
	return row.serve(call{r, userID, body})
}

func (p *Plugin) check(required access, userID string) error {
	switch {
	case required == anyone:
		return nil
	case userID == "":
		return refusal{http.StatusUnauthorized, "login.required", "Log in, or send a valid token."}
	case required == admins:
		if !p.API.HasPermissionTo(userID, model.PermissionManageSystem) {
			return refusal{http.StatusForbidden, "admin.required", "This is for system admins."}
		}
		return nil
	case required == members:
		return nil
	}
	caller, err := p.facts.Actor(userID)
	if err == nil && !caller.IsBot {
		err = refusal{http.StatusForbidden, "bot.required", "This is for bots: use the token of a bot account."}
	}
	return err
}

// decode reads the body; an empty one counts as an empty object.
func decode[T any](c call) (value T, err error) {
	if len(c.body) == 0 {
		return value, nil
	}
	err = json.Unmarshal(c.body, &value)
	return value, err
}

// answer writes once, as Mattermost wants it. Errors become refusals here and nowhere else.
func (p *Plugin) answer(w http.ResponseWriter, value any, err error) {
	status := http.StatusOK
	if err != nil {
		said := refuse(err)
		if status = said.status; status == http.StatusInternalServerError {
			p.API.LogWarn("A request could not be served.", "error", err.Error())
		}
		value = map[string]refusal{"error": said}
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "1")
		}
	}
	if value == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if ready, ok := value.(page); ok {
		maps.Copy(w.Header(), ready.header)
		_, _ = w.Write(ready.body)
		return
	}
	raw, err := json.Marshal(value)
	if err != nil {
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// refuse finds the words for an error; the reason of an unexpected one stays in the log.
func refuse(err error) refusal {
	var said refusal
	var tooLarge *http.MaxBytesError
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	var invalid link.InvalidError
	switch {
	case errors.As(err, &said):
		return said
	case errors.As(err, &tooLarge):
		return refusal{http.StatusRequestEntityTooLarge, "body.too_large", "The body is too large."}
	case errors.As(err, &syntax):
		return refusal{http.StatusBadRequest, "body.json", "The body is not JSON."}
	case errors.As(err, &mistyped):
		return refusal{http.StatusUnprocessableEntity, "body.schema", mistyped.Field + ": this is of another type."}
	case errors.As(err, &invalid):
		return refusal{http.StatusUnprocessableEntity, "body.schema", err.Error()}
	case errors.Is(err, courier.ErrPushed):
		return refusal{http.StatusConflict, "transport.webhook", "Events go by webhook, or the adapter asked for that."}
	case errors.Is(err, link.ErrProtocol):
		return refusal{http.StatusConflict, "protocol.unsupported", err.Error()}
	case errors.Is(err, link.ErrTooManyLinks):
		return refusal{http.StatusConflict, "links.too_many", err.Error()}
	case errors.Is(err, link.ErrUnknownLink):
		return refusal{http.StatusNotFound, "link.unknown", err.Error()}
	case errors.Is(err, link.ErrRotatedTooOften):
		return refusal{http.StatusConflict, "keys.rotated_too_often", err.Error()}
	default:
		return refusal{http.StatusInternalServerError, "internal", "Mattermost could not do this now. The server's log says why."}
	}
}
