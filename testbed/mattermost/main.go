// Command mattermost runs a real Mattermost server from its Go module, for tests only; it is never shipped.
//
// It needs nothing but a PostgreSQL database: templates, fonts and translations are found in the Go module cache
// through runtime.Caller, so it must never be built with -trimpath.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/v8/channels/api4"
	"github.com/mattermost/mattermost/server/v8/channels/app"
	_ "github.com/mattermost/mattermost/server/v8/channels/app/slashcommands"
	"github.com/mattermost/mattermost/server/v8/channels/utils"
	"github.com/mattermost/mattermost/server/v8/channels/web"
	"github.com/mattermost/mattermost/server/v8/channels/wsapi"
	"github.com/mattermost/mattermost/server/v8/config"
)

// options are what the command line says.
type options struct {
	listen   string // host:port
	dsn      string // PostgreSQL
	dir      string // working directory: config, data, plugins, client
	site     string // SiteURL
	settings string // file with settings that override the test bed's, or ""
	client   string // folder to serve as the web client, or ""
}

func main() {
	var o options
	flag.StringVar(&o.listen, "listen", "127.0.0.1:8065", "listen `address`")
	flag.StringVar(&o.dsn, "dsn", "", "PostgreSQL `DSN` (required)")
	flag.StringVar(&o.dir, "dir", "", "working `folder` of this server alone (required)")
	flag.StringVar(&o.site, "site", "", "SiteURL (default http://<listen>)")
	flag.StringVar(&o.settings, "settings", "", "JSON `file` with settings in the shape of Mattermost's config.json, merged over the test bed's")
	flag.StringVar(&o.client, "client", "", "`folder` to serve as the web client (default: an empty page)")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "mattermost:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	start := time.Now()
	if o.dsn == "" || o.dir == "" {
		return fmt.Errorf("-dsn and -dir are required")
	}
	if o.site == "" {
		o.site = "http://" + o.listen
	}
	// Relative paths on the command line mean the caller's folder, and the server looks for client/ in its own.
	for _, path := range []*string{&o.dir, &o.settings, &o.client} {
		if *path == "" {
			continue
		}
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = absolute
	}
	if err := layOut(o.dir, o.client); err != nil {
		return err
	}
	if err := os.Chdir(o.dir); err != nil {
		return err
	}

	if err := utils.TranslationsPreInit(); err != nil {
		return fmt.Errorf("translations: %w", err)
	}
	store, err := openConfig(o)
	if err != nil {
		return err
	}
	defer store.Close()

	server, err := app.NewServer(app.ConfigStore(store), app.RunEssentialJobs)
	if err != nil {
		return err
	}
	defer server.Shutdown()
	if _, err := api4.Init(server); err != nil {
		return err
	}
	wsapi.Init(server)
	web.New(server)
	if err := server.Start(); err != nil {
		return err
	}
	fmt.Printf("READY %s version=%s boot=%.2fs\n", o.site, model.CurrentVersion, time.Since(start).Seconds())

	stop := make(chan os.Signal, 1)
	signal.Reset(syscall.SIGINT, syscall.SIGTERM)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
	return nil
}

// openConfig reads the server's config.json. The test bed's settings go in once, when the file is new, so that what
// an admin changed through the API outlives a restart; address and database are of each start.
func openConfig(o options) (*config.Store, error) {
	path := filepath.Join(o.dir, "config", "config.json")
	_, statErr := os.Stat(path)
	store, err := config.NewStoreFromDSN(path, false, nil, true)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	cfg := store.Get().Clone()
	if os.IsNotExist(statErr) {
		applyTestSettings(cfg, o.dir)
		if err := applyOverrides(cfg, o.settings); err != nil {
			return nil, err
		}
	}
	applyPlace(cfg, o)
	if _, _, err := store.Set(cfg); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return store, nil
}
