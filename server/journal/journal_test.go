package journal

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/event"
)

func created(ids ...string) []string {
	var all []string
	for _, id := range ids {
		all = append(all, event.CreatedID(id))
	}
	return all
}

func (b *bed) wants(t *testing.T, ids ...string) {
	t.Helper()
	if got := b.sink.all(); !slices.Equal(got, ids) {
		t.Errorf("delivered %v\n     want %v", got, ids)
	}
}

func TestWhatHooksLostIsDeliveredOnceInItsOrder(t *testing.T) {
	b := newBed(t, time.Hour)
	b.table.put("before-the-link", epoch.Add(-2*time.Hour))
	b.table.put("c", epoch.Add(-10*time.Minute))
	b.table.put("a", epoch.Add(-50*time.Minute))
	b.table.put("b", epoch.Add(-30*time.Minute))
	b.catchUp(t)
	for range 30 {
		b.clock.pass(5 * time.Second)
		b.run(t)
		b.sink.deliver()
	}
	b.wants(t, created("a", "b", "c")...)
	if s := b.Status(bot); s.Found != 3 || s.BehindMS != 0 || s.LastSweepAt == 0 || s.Mode != "fake" {
		t.Errorf("%+v", s)
	}
}

func TestALookBackBeginsBeforeTheLink(t *testing.T) {
	b := newBed(t, time.Hour)
	b.table.put("too-old", epoch.Add(-90*time.Minute))
	b.table.put("wanted", epoch.Add(-70*time.Minute))
	b.link.Start = epoch.Add(-75 * time.Minute).UnixMilli()
	b.link.LinkedAt++
	b.Follow([]Link{b.link})
	b.catchUp(t)
	b.wants(t, created("wanted")...)
}

func TestAFreshLinkDeliversItsFirstPostAtOnce(t *testing.T) {
	b := newBed(t, 0)
	b.hears("first")
	b.sink.deliver()
	b.run(t)
	b.hears("second")
	b.sink.deliver()
	b.wants(t, created("first", "second")...)
	if b.Status(bot).Found != 0 {
		t.Error("the sweep found what hooks had delivered")
	}
}

func TestANewPostDoesNotOvertakeTheBacklog(t *testing.T) {
	b := newBed(t, time.Hour)
	b.table.put("old", epoch.Add(-30*time.Minute))
	b.hears("new")
	if waiting := b.sink.ids(); len(waiting) > 0 {
		t.Fatalf("%v overtook the backlog", waiting)
	}
	b.run(t)
	b.clock.pass(2 * time.Second)
	b.run(t)
	if waiting := b.sink.ids(); !slices.Equal(waiting, created("old", "new")) {
		t.Errorf("waiting %v", waiting)
	}
}

func TestMoreThanHooksMayHoldIsFoundByTheSweep(t *testing.T) {
	b := newBed(t, time.Hour)
	var want []string
	for i := range maxHeld + 300 {
		id := fmt.Sprintf("post%05d", i)
		b.clock.pass(time.Millisecond)
		b.hears(id)
		want = append(want, id)
	}
	b.clock.pass(2 * time.Second)
	b.catchUp(t)
	b.wants(t, created(want...)...)
}

func TestALostHookIsFoundWithinSeconds(t *testing.T) {
	b := newBed(t, 0)
	b.run(t)
	b.clock.pass(30 * time.Second)
	b.run(t)
	b.table.put("lost", b.clock.Now())
	b.Missed(bot)
	b.clock.pass(time.Millisecond)
	b.hears("next")
	b.clock.pass(3 * time.Second)
	b.catchUp(t)
	b.wants(t, created("lost", "next")...)
}

// A row's time is taken before its link previews are fetched, so it can be seen many seconds late.
func TestARowThatIsSeenLateIsFound(t *testing.T) {
	b := newBed(t, time.Hour)
	b.catchUp(t)
	b.clock.pass(40 * time.Second)
	b.run(t)
	b.table.put("slow-preview", b.clock.Now().Add(-20*time.Second))
	b.clock.pass(61 * time.Second)
	b.run(t)
	b.sink.deliver()
	b.wants(t, created("slow-preview")...)
}

func TestEditsDeletionsAndReactionsAreFound(t *testing.T) {
	b := newBed(t, time.Hour)
	at := func(minutes int) time.Time { return epoch.Add(time.Duration(minutes-50) * time.Minute) }
	b.table.put("a", at(0))
	b.table.put("b", at(1))
	b.table.edit("a", at(2))
	b.table.react("b", "tada", at(3))
	b.table.edit("a", at(4))
	b.table.put("gone", at(5))
	b.table.remove("gone", at(6))
	b.catchUp(t)
	b.wants(t,
		event.CreatedID("a"), event.CreatedID("b"),
		event.EditedID("a", at(2).UnixMilli()),
		fmt.Sprintf("reaction.added:b:%s:tada:%d", anna, at(3).UnixMilli()),
		event.EditedID("a", at(4).UnixMilli()),
		event.DeletedID("gone"),
	)
}

func TestTheSteadyStateWritesTheCursorOnceAMinuteAtMost(t *testing.T) {
	b := newBed(t, 0)
	b.run(t)
	before := b.kv.Writes("journal_bot")
	for i := range 240 {
		b.hears(fmt.Sprintf("post%d", i))
		b.sink.deliver()
		b.clock.pass(500 * time.Millisecond)
		b.run(t)
	}
	if n := b.kv.Writes("journal_bot") - before; n > 3 {
		t.Errorf("%d writes for 240 posts in two minutes", n)
	}
	if all := b.sink.all(); len(all) != 240 || b.Status(bot).Found != 0 {
		t.Errorf("%d delivered, %d found", len(all), b.Status(bot).Found)
	}
	if len(b.table.loaded) > 0 {
		t.Errorf("rows %v were loaded although hooks had delivered them", b.table.loaded)
	}
}

func TestTheCursorStaysBeforeWhatIsNotAcknowledged(t *testing.T) {
	b := newBed(t, time.Hour)
	b.table.put("a", epoch.Add(-30*time.Minute))
	b.table.put("b", epoch.Add(-20*time.Minute))
	b.run(t)
	b.leave()
	next := nodeOn(t, "node-b", b.clock, b.table, b.kv, epoch.Add(-time.Hour))
	next.catchUp(t)
	next.wants(t, created("a", "b")...)

	next.leave()
	last := nodeOn(t, "node-c", b.clock, b.table, b.kv, epoch.Add(-time.Hour))
	last.catchUp(t)
	last.wants(t)
}

func TestALongBacklogWaitsInTheTableNotInMemory(t *testing.T) {
	b := newBed(t, 2*time.Hour)
	const posts = 3_000
	var want []string
	for i := range posts {
		id := fmt.Sprintf("post%05d", i)
		b.table.put(id, epoch.Add(-time.Hour+time.Duration(i)*time.Second))
		want = append(want, id)
	}
	b.sink.room = 700
	for range 100 {
		b.run(t)
		if n := len(b.sink.ids()); n > b.sink.room+maxFound {
			t.Fatalf("%d events wait in memory", n)
		}
		b.sink.deliver()
	}
	b.wants(t, created(want...)...)
}

func TestManyPostsOfOneMillisecondAreAllFound(t *testing.T) {
	b := newBed(t, time.Hour)
	var want []string
	for i := range 2*maxRows + 200 {
		id := fmt.Sprintf("post%05d", i)
		b.table.put(id, epoch.Add(-30*time.Minute))
		want = append(want, id)
	}
	b.catchUp(t)
	b.wants(t, created(want...)...)
}

func TestWhatIsOlderThanThreeDaysIsLeftOutAndSaid(t *testing.T) {
	b := newBed(t, 100*time.Hour)
	b.table.put("ancient", epoch.Add(-80*time.Hour))
	b.table.put("old", epoch.Add(-70*time.Hour))
	b.catchUp(t)
	b.wants(t, created("old")...)
	if len(b.logs.warnings) != 1 {
		t.Error(b.logs.warnings)
	}
}

func TestTablesThatCannotBeReadAreTriedAgain(t *testing.T) {
	b := newBed(t, time.Hour)
	b.table.put("a", epoch.Add(-30*time.Minute))
	b.table.fail(errTables)
	b.run(t)
	if len(b.logs.warnings) == 0 {
		t.Error("nothing was said")
	}
	b.table.fail(nil)
	b.clock.pass(retryEvery)
	b.catchUp(t)
	b.wants(t, created("a")...)
}

func TestWhenTheGatewayIsThereAgainTheLastMinutesAreReadAtOnce(t *testing.T) {
	b := newBed(t, time.Hour)
	b.catchUp(t)
	b.clock.pass(30 * time.Second)
	b.run(t)
	b.table.put("unheard", b.clock.Now().Add(-2*time.Second))
	b.Changed(bot, true)
	b.run(t)
	b.sink.deliver()
	b.wants(t, created("unheard")...)
}

func TestALinkThatEndsIsNotSweptFor(t *testing.T) {
	b := newBed(t, time.Hour)
	b.Follow(nil)
	b.table.put("a", epoch.Add(-30*time.Minute))
	b.run(t)
	if b.Status(bot) != nil || len(b.sink.ids()) > 0 {
		t.Error("it is still swept for")
	}
	b.hears("heard")
	if !slices.Equal(b.sink.ids(), created("heard")) {
		t.Error("a hook's event is not delivered where nothing is swept")
	}
}

func TestRunEndsWithItsContextAndGivesTheLeaseBack(t *testing.T) {
	b := newBed(t, time.Hour)
	b.table.put("a", epoch.Add(-30*time.Minute))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		b.Run(ctx)
		close(done)
	}()
	for len(b.sink.ids()) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-done
	other := nodeOn(t, "node-b", b.clock, b.table, b.kv, epoch.Add(-time.Hour))
	other.run(t)
	if !other.lease.held() {
		t.Error("the lease was not given back")
	}
}
