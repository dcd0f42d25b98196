package courier

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/event"
)

func start() time.Time { return time.UnixMilli(1_790_000_000_000) }

// made is an event of a lane, by an author, at some milliseconds after start.
func made(lane, author string, at int) *event.Event {
	return &event.Event{
		ID: fmt.Sprintf("%s/%s/%d", lane, author, at), Type: event.PostCreated, Lane: lane,
		TS: start().UnixMilli() + int64(at), Place: &event.Place{Actor: event.Actor{ID: author}},
	}
}

func emptyQueue() *queue { return &queue{lanes: map[string]*lane{}} }

func idsOf(batch []*entry) []string {
	ids := []string{}
	for _, e := range batch {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestALaneIsInOrderOfCreationThenArrival(t *testing.T) {
	q := emptyQueue()
	for _, e := range []*event.Event{made("l", "a", 5), made("l", "b", 3), made("l", "c", 5), made("l", "d", 9), made("l", "e", 1)} {
		q.add(e, start())
	}
	batch, _ := q.take(50, start().Add(hold))
	if got := fmt.Sprint(idsOf(batch)); got != "[l/e/1 l/b/3 l/a/5 l/c/5 l/d/9]" {
		t.Error(got)
	}
}

func TestALaneNeverIsInTwoDeliveries(t *testing.T) {
	q := emptyQueue()
	q.add(made("l", "a", 1), start())
	first, _ := q.take(50, start())
	q.add(made("l", "a", 2), start())
	q.add(made("m", "a", 3), start())
	second, _ := q.take(50, start().Add(hold))
	if len(first) != 1 || len(second) != 1 || second[0].Lane != "m" {
		t.Errorf("%v then %v", idsOf(first), idsOf(second))
	}
	q.release(first)
	if third, _ := q.take(50, start().Add(hold)); len(third) != 1 || third[0].Lane != "l" {
		t.Errorf("%v", idsOf(third))
	}
}

func TestOnlyABusyLaneIsHeld(t *testing.T) {
	q := emptyQueue()
	q.add(made("l", "a", 1), start())
	if batch, _ := q.take(50, start()); len(batch) != 1 {
		t.Error("the first event of a quiet lane was held")
	} else {
		q.release(batch)
	}
	soon := start().Add(100 * time.Millisecond)
	q.add(made("l", "b", 100), soon)
	if batch, wait := q.take(50, soon); len(batch) != 0 || wait != hold {
		t.Errorf("%v, wait %v", idsOf(batch), wait)
	}
	q.add(made("l", "c", 90), soon.Add(10*time.Millisecond))
	batch, _ := q.take(50, soon.Add(10*time.Millisecond+hold))
	if got := fmt.Sprint(idsOf(batch)); got != "[l/c/90 l/b/100]" {
		t.Errorf("the older post of another author came late: %s", got)
	}
	q.release(batch)
	later := soon.Add(busyWindow + time.Second)
	q.add(made("l", "a", 2000), later)
	if batch, _ := q.take(50, later); len(batch) != 1 {
		t.Error("a lane that has become quiet is held")
	}
}

func TestABatchServesLanesInTurn(t *testing.T) {
	q := emptyQueue()
	for i := range 100 {
		q.add(made("busy", "a", i), start())
	}
	q.add(made("x", "b", 500), start())
	q.add(made("y", "c", 500), start())
	batch, _ := q.take(10, start().Add(hold))
	ids := strings.Join(idsOf(batch), " ")
	if len(batch) != 10 || !strings.Contains(ids, "x/") || !strings.Contains(ids, "y/") {
		t.Errorf("%v", ids)
	}
}

func TestManyLanesAllGetTheirTurn(t *testing.T) {
	q := emptyQueue()
	for i := range 120 {
		for j := range 3 {
			q.add(made(fmt.Sprint("lane", i), "a", j), start())
		}
	}
	seen, rounds := map[string]bool{}, 0
	for ; len(seen) < 120 && rounds < 10; rounds++ {
		batch, _ := q.take(50, start().Add(hold))
		for _, e := range batch {
			seen[e.Lane] = true
		}
		q.release(batch)
	}
	if len(seen) != 120 || rounds > 3 {
		t.Errorf("%d lanes after %d batches", len(seen), rounds)
	}
}

func TestABatchStaysWithinItsBytes(t *testing.T) {
	q := emptyQueue()
	for i := range 40 {
		big := made("l"+fmt.Sprint(i%3), "a", i)
		big.Post = &event.Post{Content: &event.Content{Message: strings.Repeat("x", 20_000)}}
		q.add(big, start())
	}
	huge := made("huge", "a", 1)
	huge.Post = &event.Post{Content: &event.Content{Message: strings.Repeat("<", 65_535)}}
	q.add(huge, start())
	total := 0
	for range 41 {
		batch, _ := q.take(50, start().Add(hold))
		size := 0
		for _, e := range batch {
			size += e.bytes
			q.remove(e)
		}
		if size > maxBatchBytes && len(batch) > 1 {
			t.Errorf("%d bytes in %d events", size, len(batch))
		}
		total += len(batch)
		q.release(batch)
	}
	if total != 41 || q.size != 0 || q.bytes != 0 {
		t.Errorf("%d taken, %d events and %d bytes left", total, q.size, q.bytes)
	}
}

func TestTheQueueIsBoundedInEventsAndBytes(t *testing.T) {
	q := emptyQueue()
	for i := range maxQueued {
		if !q.add(made("l", "a", i), start()) {
			t.Fatalf("full after %d", i)
		}
	}
	if q.add(made("l", "a", 1), start()) {
		t.Error("the queue has no end")
	}
	q, taken := emptyQueue(), 0
	for range 1500 {
		big := made("l", "a", 1)
		big.Post = &event.Post{Content: &event.Content{Message: strings.Repeat("x", 60_000)}}
		if q.add(big, start()) {
			taken++
		}
	}
	if q.bytes > maxQueuedBytes || taken < 1000 || taken == 1500 {
		t.Errorf("%d events of %d bytes", taken, q.bytes)
	}
}

func TestWhatWaitsTooLongExpiresAndSilentLanesAreForgotten(t *testing.T) {
	q := emptyQueue()
	q.add(made("l", "a", 1), start())
	q.add(made("l", "a", 2), start().Add(time.Hour))
	if expired := q.sweep(start().Add(keepFor)); len(expired) != 0 {
		t.Errorf("too early: %v", idsOf(expired))
	}
	if expired := q.sweep(start().Add(keepFor + time.Second)); len(expired) != 1 || expired[0].TS != start().UnixMilli()+1 {
		t.Errorf("%v", idsOf(expired))
	}
	q.sweep(start().Add(2 * keepFor))
	if q.size != 0 || len(q.lanes) != 0 || len(q.turn) != 0 {
		t.Errorf("%d events and %d lanes left", q.size, len(q.lanes))
	}
}

// Whatever comes, fails and returns in whatever order: one author's events leave a lane in their order.
func TestAuthorsKeepTheirOrderWhateverHappens(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		q, now, last := emptyQueue(), start(), map[string]int64{}
		var flying [][]*entry
		clock := map[string]int{}
		for step := range 300 {
			now = now.Add(time.Duration(random.IntN(40)) * time.Millisecond)
			switch random.IntN(4) {
			case 0, 1:
				lane, author := fmt.Sprint("l", random.IntN(3)), fmt.Sprint("a", random.IntN(3))
				// Each author's times grow, but authors are up to 200 ms apart.
				clock[author] = max(clock[author]+random.IntN(3), step*10-random.IntN(200))
				q.add(made(lane, author, clock[author]), now)
			case 2:
				if batch, _ := q.take(1+random.IntN(5), now); len(batch) > 0 {
					flying = append(flying, batch)
				}
			case 3:
				if len(flying) == 0 {
					continue
				}
				i := random.IntN(len(flying))
				batch := flying[i]
				flying = slices.Delete(flying, i, i+1)
				done := random.IntN(len(batch) + 1)
				for n, e := range batch {
					if n >= done {
						q.putBack(e)
						continue
					}
					key := e.Lane + e.Actor.ID
					if e.TS < last[key] {
						t.Fatalf("seed %d: %s left after a later one of its author", seed, e.ID)
					}
					last[key] = e.TS
					q.remove(e)
				}
				q.release(batch)
			}
		}
	}
}
