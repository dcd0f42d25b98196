package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/plugin"

	"mattermost-plugin-openclaw/server/courier"
	"mattermost-plugin-openclaw/server/keep"
)

// metric is a row of the Prometheus page: a name below openclaw_, and its value for a link.
type metric struct {
	name, kind, help string
	value            func(courier.Numbers) float64
}

var linkMetrics = []metric{
	{"link_up", "gauge", "1 if the gateway can be reached.", func(n courier.Numbers) float64 { return flag(n.State == courier.StateReady) }},
	{"events_waiting", "gauge", "Events in memory that wait for the gateway.", func(n courier.Numbers) float64 { return float64(n.Pending) }},
	{"events_delivered_total", "counter", "Events that the gateway has acknowledged.", func(n courier.Numbers) float64 { return float64(n.Delivered) }},
	{"events_dead_total", "counter", "Events that were given up.", func(n courier.Numbers) float64 { return float64(n.Dead) }},
	{"events_overflowed_total", "counter", "Events that memory had no room for; the sweep brings them.", func(n courier.Numbers) float64 { return float64(n.Overflowed) }},
	{"lane_holds_total", "counter", "Events that waited a moment for an older one of another author.", func(n courier.Numbers) float64 { return float64(n.Holds) }},
	{"delivery_seconds", "gauge", "How long the last answered delivery took.", func(n courier.Numbers) float64 { return float64(n.LatencyMS) / 1000 }},
}

func flag(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// ServeMetrics serves the server's metrics listener, which only operators reach.
func (p *Plugin) ServeMetrics(_ *plugin.Context, w http.ResponseWriter, _ *http.Request) {
	p.answer(w, p.metricsPage(), nil)
}

// serveMetrics serves the same to system admins, where there is no metrics listener.
func (p *Plugin) serveMetrics(call) (any, error) { return p.metricsPage(), nil }

func (p *Plugin) metricsPage() page {
	var text strings.Builder
	p.writeMetrics(&text)
	return page{http.Header{"Content-Type": {"text/plain; version=0.0.4; charset=utf-8"}}, []byte(text.String())}
}

// writeMetrics writes what is counted, by bot, in Prometheus' text format.
func (p *Plugin) writeMetrics(w io.Writer) {
	numbers := p.numbers()
	bots := slices.Sorted(maps.Keys(numbers))
	begin := func(name, kind, help string) {
		fmt.Fprintf(w, "# HELP openclaw_%s %s\n# TYPE openclaw_%[1]s %[3]s\n", name, help, kind)
	}
	for _, m := range linkMetrics {
		begin(m.name, m.kind, m.help)
		for _, bot := range bots {
			fmt.Fprintf(w, "openclaw_%s{bot=%q} %g\n", m.name, bot, m.value(numbers[bot].Numbers))
		}
	}
	begin("backlog_age_seconds", "gauge", "How long the oldest event waits, in memory or in the journal.")
	for _, bot := range bots {
		fmt.Fprintf(w, "openclaw_backlog_age_seconds{bot=%q} %g\n", bot, p.backlogSeconds(numbers[bot]))
	}
	begin("attempts_total", "counter", "Deliveries by how they were answered.")
	for _, bot := range bots {
		for _, answer := range slices.Sorted(maps.Keys(numbers[bot].Attempts)) {
			fmt.Fprintf(w, "openclaw_attempts_total{bot=%q,answer=%q} %d\n", bot, answer, numbers[bot].Attempts[answer])
		}
	}
	begin("sweep_found_total", "counter", "Events that the sweep found and no hook had brought.")
	for _, bot := range bots {
		if journal := numbers[bot].Journal; journal != nil {
			fmt.Fprintf(w, "openclaw_sweep_found_total{bot=%q} %d\n", bot, journal.Found)
		}
	}
	begin("goroutines", "gauge", "Goroutines of the plugin.")
	fmt.Fprintf(w, "openclaw_goroutines %d\n", runtime.NumGoroutine())
	begin("kept", "gauge", "Commands, clicks and dialogs that are kept, by state.")
	states := p.keptStates()
	for _, state := range []keep.State{keep.Waiting, keep.Delivered, keep.Dead} {
		fmt.Fprintf(w, "openclaw_kept{state=%q} %d\n", state, states[state])
	}
}

func (p *Plugin) backlogSeconds(n linkNumbers) float64 {
	var age int64
	if n.OldestAt > 0 {
		age = p.now().UnixMilli() - n.OldestAt
	}
	if n.Journal != nil {
		age = max(age, n.Journal.BehindMS)
	}
	return float64(max(age, 0)) / 1000
}
