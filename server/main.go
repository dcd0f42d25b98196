// Command plugin is the server part of OpenClaw for Mattermost.
package main

import (
	"os"
	"runtime"
	"time"

	"github.com/mattermost/mattermost/server/public/plugin"
)

func main() {
	if runtime.GOOS != "windows" {
		go endWith(os.Getppid, time.Tick(time.Second), os.Exit)
	}
	plugin.ClientMain(newPlugin())
}

// endWith ends the process when its parent has gone: a killed server leaves its plugins running, and this one
// would go on delivering beside the one that the next server starts.
func endWith(parent func() int, ticks <-chan time.Time, exit func(code int)) {
	server := parent()
	for range ticks {
		if parent() != server {
			exit(1)
			return
		}
	}
}
