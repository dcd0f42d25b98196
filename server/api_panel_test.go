package main

import (
	"encoding/json"
	"net/http"
	"testing"
)

func TestThePanelIsForThoseInTheChannelAndTellsHowTheGatewayStands(t *testing.T) {
	server := newFakeServer(t)
	p, a := linked(t, server)
	panel := func(user, channelID string) (int, panelState) {
		answer := ask(p, http.MethodGet, "/api/v1/panel?channel_id="+channelID, user, nil)
		var state panelState
		_ = json.Unmarshal(answer.Body.Bytes(), &state)
		return answer.Code, state
	}
	if code, _ := panel(anna, elsewhen); code != http.StatusForbidden {
		t.Errorf("not a member: %d", code)
	}
	if code, _ := panel(anna, "not-an-id"); code != http.StatusUnprocessableEntity {
		t.Errorf("no id: %d", code)
	}
	server.join(anna, channel)
	stands := func(wanted string) func() bool {
		return func() bool {
			_, state := panel(anna, channel)
			return state.Link.State == wanted
		}
	}
	until(t, "the gateway is there", stands(linkReady))
	if _, state := panel(anna, channel); state.Bot == nil || state.Bot.UserID != ownBot || !state.Bot.InChannel || state.IsAdmin {
		t.Errorf("%+v %+v", state, state.Bot)
	}
	until(t, "open panels are told that it came", func() bool { return server.told("link") > 0 })
	told := server.told("link")
	a.Close()
	p.MessageHasBeenPosted(nil, aPost(anna))
	until(t, "open panels are told that it went", func() bool { return server.told("link") > told })
	until(t, "the gateway is away", stands(linkAway))
}
