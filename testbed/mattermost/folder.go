package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// emptyClient is the page of a server without a web client. Mattermost refuses a root.html without this policy.
const emptyClient = `<!doctype html>
<html>
<head>
<meta http-equiv="Content-Security-Policy" content="script-src 'self'">
<title>Mattermost test bed</title>
</head>
<body>No web client: this is the API of a Mattermost server under test.</body>
</html>
`

// layOut makes the folders of one server. The web client is copied, because Mattermost rewrites files in it.
func layOut(dir, client string) error {
	for _, name := range []string{"config", "data", "plugins", "logs", "client"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			return err
		}
	}
	page := filepath.Join(dir, "client", "root.html")
	if _, err := os.Stat(page); os.IsNotExist(err) {
		if client != "" {
			if err := os.CopyFS(filepath.Join(dir, "client"), os.DirFS(client)); err != nil {
				return fmt.Errorf("client: %w", err)
			}
		} else if err := os.WriteFile(page, []byte(emptyClient), 0o644); err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Join(dir, "client", "plugins"), 0o755)
}
