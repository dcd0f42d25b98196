package keep

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/event"
	"mattermost-plugin-openclaw/server/testkit"
)

func anItem(n int, user string) Item {
	id := fmt.Sprintf("%026d", n)
	place := event.Place{Actor: event.Actor{ID: user}, Channel: event.Channel{ID: "town"}}
	return Item{ID: id, BotID: "bot", Event: event.OfCommand(event.Command{ID: id, Trigger: "oc_status"}, place, 1)}
}

func newStore(t *testing.T) (*Store, *testkit.KV) {
	t.Helper()
	kv := testkit.NewKV()
	return New(kv, time.Now), kv
}

func TestAnItemIsReadAsItWasPutAlsoByAnotherNode(t *testing.T) {
	s, kv := newStore(t)
	until := time.Now().Add(time.Hour)
	if err := s.Put(anItem(1, "anna"), until); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(anItem(1, "anna"), until); !errors.Is(err, ErrExists) {
		t.Error(err)
	}
	items, err := New(kv, time.Now).All()
	if err != nil || len(items) != 1 {
		t.Fatal(items, err)
	}
	got := items[0]
	if got.State != Waiting || got.ExpiresAt != until.UnixMilli() || got.Event.Author() != "anna" || got.Event.Command.Trigger != "oc_status" {
		t.Errorf("%+v", got)
	}
	if id, ok := ItemOf(got.Event.ID); !ok || id != got.ID {
		t.Error(id, ok)
	}
	if _, ok := ItemOf("post.created:x"); ok {
		t.Error("a post belongs to an item")
	}
}

func TestOneOfManyTakesAnItem(t *testing.T) {
	s, kv := newStore(t)
	_ = s.Put(anItem(1, "anna"), time.Now())
	var taken atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := New(kv, time.Now).Take(anItem(1, "").ID); err == nil {
				taken.Add(1)
			}
		})
	}
	all.Wait()
	if taken.Load() != 1 {
		t.Errorf("%d took it", taken.Load())
	}
	if err := s.Restore(anItem(1, "anna")); err != nil {
		t.Error(err)
	}
	if _, err := s.Take(anItem(1, "").ID); err != nil {
		t.Error(err)
	}
}

func TestOneUserCannotFillTheStore(t *testing.T) {
	s, _ := newStore(t)
	reading := make(chan struct{})
	go func() {
		defer close(reading)
		for range 50 {
			_, _ = s.All()
		}
	}()
	for i := range maxPerUser {
		if err := s.Put(anItem(i, "anna"), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	<-reading
	if err := s.Put(anItem(1_000, "anna"), time.Now()); !errors.Is(err, ErrFull) {
		t.Error(err)
	}
	if err := s.Put(anItem(1_001, "bob"), time.Now()); err != nil {
		t.Error(err)
	}
	if _, err := s.Take(anItem(0, "").ID); err != nil {
		t.Error(err)
	}
	if err := s.Put(anItem(1_000, "anna"), time.Now()); err != nil {
		t.Error(err)
	}
}

func TestAFailingStoreSaysSo(t *testing.T) {
	s, kv := newStore(t)
	_ = s.Put(anItem(1, "anna"), time.Now())
	kv.Break()
	if err := s.Put(anItem(2, "anna"), time.Now()); err == nil {
		t.Error("it was stored")
	}
	if _, err := s.All(); err == nil {
		t.Error("it was read")
	}
	if _, err := s.Change(anItem(1, "").ID, func(*Item) error { return nil }); err == nil || errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}
