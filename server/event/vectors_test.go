package event

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"mattermost-plugin-openclaw/server/testkit"
)

func TestBodiesOfTheContract(t *testing.T) {
	var vectors struct {
		Cases []struct {
			Name   string
			Body   json.RawMessage
			Events []string
			Sender bool
		}
	}
	testkit.Vectors(t, "bodies", &vectors)
	batch, delivery, single := testkit.Schema(t, "batch"), testkit.Schema(t, "delivery"), testkit.Schema(t, "event")
	if len(vectors.Cases) == 0 {
		t.Fatal("the contract has no bodies")
	}
	for _, c := range vectors.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if refused := testkit.Check(t, batch, c.Body) != nil; refused != (c.Events == nil) {
				t.Fatalf("the batch is refused: %v", refused)
			}
			whole := c.Events != nil && !slices.ContainsFunc(c.Events, func(verdict string) bool { return verdict != "ok" })
			if allowed := testkit.Check(t, delivery, c.Body) == nil; allowed != whole {
				t.Errorf("a sender may produce it: %v", allowed)
			}
			var body struct{ Events []json.RawMessage }
			if c.Events == nil {
				return
			}
			if err := json.Unmarshal(c.Body, &body); err != nil {
				t.Fatal(err)
			}
			for i, verdict := range c.Events {
				if ok := testkit.Check(t, single, body.Events[i]) == nil; ok != (verdict == "ok") {
					t.Errorf("event %d is whole: %v, want %s", i, ok, verdict)
				}
				if c.Sender && verdict == "ok" {
					survives(t, body.Events[i])
				}
			}
		})
	}
}

// survives reads an event of a type that this plugin makes and writes it again: nothing may be lost or added.
func survives(t *testing.T, raw json.RawMessage) {
	t.Helper()
	var made Event
	if err := json.Unmarshal(raw, &made); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains([]string{PostCreated, PostEdited, PostDeleted, ReactionAdded, ReactionRemoved, CommandInvoked, ActionClicked, DialogSubmitted, PingType}, made.Type) {
		return
	}
	again, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	_ = json.Unmarshal(raw, &want)
	_ = json.Unmarshal(again, &got)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %s\nwant %s", again, raw)
	}
}
