package courier

import (
	"fmt"
	"slices"
	"testing"
)

// swept is a courier with nowhere to go.
func swept(t *testing.T) *Courier {
	t.Helper()
	c := &Courier{queue: *emptyQueue(), settled: newRecent(3), wake: make(chan struct{}, 1)}
	c.deps.Now = start
	c.queue.gone = c.settled.add
	return c
}

func (c *Courier) waitingIDs() []string {
	var ids []string
	for _, l := range c.queue.turn {
		ids = append(ids, idsOf(l.waiting)...)
	}
	slices.Sort(ids)
	return ids
}

func TestWhatTheSweepFindsIsOfferedOnce(t *testing.T) {
	c := swept(t)
	c.Enqueue(made("l", "a", 1))
	for range 2 {
		if !c.Offer(made("l", "a", 1)) || !c.Offer(made("l", "a", 2)) {
			t.Fatal("no place")
		}
	}
	if ids := c.waitingIDs(); !slices.Equal(ids, []string{"l/a/1", "l/a/2"}) {
		t.Errorf("%v", ids)
	}
	batch, _ := c.queue.take(50, start().Add(hold))
	if held, settled := c.Knows("l/a/1"); !held || settled {
		t.Error("what is in flight is not known as held")
	}
	c.queue.remove(batch[0])
	if held, settled := c.Knows("l/a/1"); held || !settled {
		t.Error("what was delivered is not known as settled")
	}
	c.Enqueue(made("l", "a", 1))
	if !c.Offer(made("l", "a", 1)) || len(c.waitingIDs()) != 0 {
		t.Errorf("what was delivered waits again: %v", c.waitingIDs())
	}
}

func TestWithdrawForgetsOnlyWhatTheSweepBroughtAndIsNotInFlight(t *testing.T) {
	c := swept(t)
	c.Offer(made("flying", "a", 1))
	flying, _ := c.queue.take(50, start().Add(hold))
	c.Enqueue(made("l", "a", 2))
	c.Offer(made("l", "a", 3))
	c.Withdraw()
	if ids := c.waitingIDs(); !slices.Equal(ids, []string{"l/a/2"}) || len(flying) != 1 || c.queue.size != 2 {
		t.Errorf("waiting %v, flying %d, size %d", ids, len(flying), c.queue.size)
	}
}

func TestTheSweepLeavesRoomForHooks(t *testing.T) {
	c := swept(t)
	for i := range sweepRoom {
		if !c.HasRoom() {
			t.Fatalf("no room after %d", i)
		}
		c.Offer(made(fmt.Sprint(i%10), "a", i))
	}
	if c.HasRoom() {
		t.Error("room without end")
	}
}

func TestOnlyTheLastSettledIdsAreRemembered(t *testing.T) {
	r := newRecent(3)
	for _, id := range []string{"a", "b", "b", "c", "d"} {
		r.add(id)
	}
	if r.has("a") || !r.has("b") || !r.has("d") || len(r.ids) != 3 {
		t.Errorf("%v", r.ids)
	}
}
