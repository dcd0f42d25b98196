// Command probe is the plugin that the bench measures ours against: it does nothing, or forwards each post as it is,
// neither signed nor looked up nor repeated.
package main

import "github.com/mattermost/mattermost/server/public/plugin"

func main() {
	plugin.ClientMain(&Probe{})
}
