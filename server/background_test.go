package main

import (
	"sync/atomic"
	"testing"
)

func TestTheEndWaitsForWhatRunsAndTakesNothingNew(t *testing.T) {
	var b background
	var done atomic.Int32
	hold := make(chan struct{})
	for range 3 {
		b.Go(func() {
			<-hold
			done.Add(1)
		})
	}
	// Requests that are served meanwhile may come before or after the end.
	b.Go(func() {
		for range 100 {
			b.Go(func() {})
		}
	})
	go close(hold)
	b.End()
	if done.Load() != 3 {
		t.Errorf("%d of 3 ended before the end", done.Load())
	}
	b.Go(func() { done.Add(1) })
	b.running.Wait()
	if done.Load() != 3 {
		t.Error("something ran after the end")
	}
}
