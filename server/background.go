package main

import "sync"

// background runs what the plugin's end waits for.
type background struct {
	mu      sync.Mutex
	ended   bool
	running sync.WaitGroup
}

// Go runs a function beside its caller. After End it does nothing: a request may still be served when the plugin has ended.
func (b *background) Go(run func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		b.running.Go(run)
	}
}

// End takes nothing new and waits for what runs.
func (b *background) End() {
	b.mu.Lock()
	b.ended = true
	b.mu.Unlock()
	b.running.Wait()
}
