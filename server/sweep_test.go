package main

import (
	"os"
	"os/exec"
	"testing"
)

func TestOnlyAKilledServerOfThisHostIsKnownToHaveEnded(t *testing.T) {
	child := exec.Command(os.Args[0], "-test.run=^$")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	pid := child.Process.Pid
	if hasEnded(nodeOf(os.Getpid())) {
		t.Error("this process is said to have ended")
	}
	_ = child.Wait()
	if !hasEnded(nodeOf(pid)) {
		t.Error("a process that ended is not known to")
	}
	for _, node := range []string{"", "elsewhere", "elsewhere/1", "elsewhere/x", nodeOf(0), nodeOf(-1)} {
		if hasEnded(node) {
			t.Errorf("%q is said to have ended", node)
		}
	}
}
