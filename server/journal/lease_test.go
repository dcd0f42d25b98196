package journal

import (
	"slices"
	"testing"
	"time"

	"mattermost-plugin-openclaw/server/testkit"
)

// twoNodes have one database and one clock; the first sweeps.
func twoNodes(t *testing.T) (first, second *bed) {
	t.Helper()
	c, rows, kv := newClock(), newTable(), testkit.NewKV()
	linked := epoch.Add(-time.Hour)
	first = nodeOn(t, "node-a", c, rows, kv, linked)
	first.catchUp(t)
	second = nodeOn(t, "node-b", c, rows, kv, linked)
	second.run(t)
	return first, second
}

func TestOneNodeSweepsAndEachDeliversWhatItsHooksSaw(t *testing.T) {
	first, second := twoNodes(t)
	if !first.lease.held() || second.lease.held() {
		t.Fatal("not exactly one node has the lease")
	}
	second.hears("seen-by-b")
	if !slices.Equal(second.sink.ids(), created("seen-by-b")) {
		t.Error("a hook's event waits although nothing older is missing")
	}
	if second.Epoch() != first.Epoch() {
		t.Errorf("epochs %d and %d", first.Epoch(), second.Epoch())
	}
}

func TestWhileTheSweeperIsBehindOtherNodesLeaveTheirHooksToIt(t *testing.T) {
	first, second := twoNodes(t)
	first.Missed(bot)
	first.table.put("old", first.clock.Now().Add(-2*time.Second))
	if _, err := first.lease.tend(behind(first.all())); err != nil {
		t.Fatal(err)
	}
	second.clock.pass(renewEvery)
	second.run(t)
	second.hears("new")
	if waiting := second.sink.ids(); len(waiting) > 0 {
		t.Errorf("%v overtook what the sweeper still reads", waiting)
	}
	first.clock.pass(2 * time.Second)
	first.catchUp(t)
	first.wants(t, created("old", "new")...)
}

func TestASilentSweeperIsReplacedAndWritesNothingOnWaking(t *testing.T) {
	first, second := twoNodes(t)
	first.table.put("meanwhile", first.clock.Now())
	first.clock.pass(leaseFor - time.Second)
	second.run(t)
	if second.lease.held() {
		t.Fatal("it was replaced before its lease had run out")
	}
	second.clock.pass(renewEvery)
	second.catchUp(t)
	second.wants(t, created("meanwhile")...)
	if second.Epoch() != first.Epoch()+1 {
		t.Errorf("epoch %d after %d", second.Epoch(), first.Epoch())
	}
	if first.lease.held() {
		t.Error("after a pause it believes in its lease without looking")
	}
	before := first.kv.Writes("")
	first.run(t)
	if n := first.kv.Writes("") - before; n > 0 || len(first.sink.ids()) > 0 {
		t.Errorf("it woke up with %d writes and %v", n, first.sink.ids())
	}
}

func TestAPauseBetweenReadingAndOfferingOffersNothing(t *testing.T) {
	first, second := twoNodes(t)
	first.table.put("a", first.clock.Now().Add(-2*time.Second))
	first.Missed(bot)
	first.clock.pass(2 * time.Second)
	first.deps.Source = pausing{first.table, func() {
		first.clock.pass(leaseFor + renewEvery)
		second.run(t)
	}}
	first.run(t)
	if waiting := first.sink.ids(); len(waiting) > 0 {
		t.Errorf("%v were offered by a node that no longer sweeps", waiting)
	}
	if !second.lease.held() {
		t.Error("the other node did not take over")
	}
}

func TestTheNextProcessOfANodeNeedNotWait(t *testing.T) {
	first, _ := twoNodes(t)
	again := nodeOn(t, "node-a", first.clock, first.table, first.kv, epoch.Add(-time.Hour))
	again.run(t)
	if !again.lease.held() || again.Epoch() != first.Epoch()+1 {
		t.Errorf("held %v, epoch %d after %d", again.lease.held(), again.Epoch(), first.Epoch())
	}
}

func TestNobodyWaitsForANodeThatIsKnownToHaveEnded(t *testing.T) {
	first, second := twoNodes(t)
	second.lease.looked = time.Time{}
	second.lease.ended = func(node string) bool { return node == "node-a" }
	second.run(t)
	if !second.lease.held() || second.Epoch() != first.Epoch()+1 {
		t.Errorf("held %v, epoch %d after %d", second.lease.held(), second.Epoch(), first.Epoch())
	}
}

func TestWithoutTheKVStoreNobodySweeps(t *testing.T) {
	b := newBed(t, time.Hour)
	b.table.put("a", epoch.Add(-30*time.Minute))
	b.kv.Break()
	b.run(t)
	if len(b.sink.ids()) > 0 || len(b.logs.warnings) == 0 {
		t.Errorf("%v %v", b.sink.ids(), b.logs.warnings)
	}
}
