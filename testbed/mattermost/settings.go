package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mattermost/mattermost/server/public/model"
)

// applyPlace says where this server lives.
func applyPlace(cfg *model.Config, o options) {
	cfg.SqlSettings.DriverName = model.NewPointer(model.DatabaseDriverPostgres)
	cfg.SqlSettings.DataSource = &o.dsn
	cfg.ServiceSettings.SiteURL = &o.site
	cfg.ServiceSettings.ListenAddress = &o.listen
}

// applyTestSettings makes Mattermost's defaults fit a test: it is quiet, asks nobody outside, lets a test make bots,
// tokens and hooks, and accepts plugin uploads. Nothing here is there to help the product: above all,
// AllowedUntrustedInternalConnections stays empty.
func applyTestSettings(cfg *model.Config, dir string) {
	// A pointer of its own for each setting: overrides are decoded into them.
	on := func() *bool { return model.NewPointer(true) }
	off := func() *bool { return model.NewPointer(false) }
	text, number := model.NewPointer[string], model.NewPointer[int]
	in := func(name string) *string { return text(filepath.Join(dir, name)) }

	cfg.SqlSettings.MaxOpenConns = number(40)
	cfg.SqlSettings.MaxIdleConns = number(10)

	cfg.ServiceSettings.EnableDeveloper = off()
	cfg.ServiceSettings.EnableTesting = off()
	cfg.ServiceSettings.EnableBotAccountCreation = on()
	cfg.ServiceSettings.EnableUserAccessTokens = on()
	cfg.ServiceSettings.EnableIncomingWebhooks = on()
	cfg.ServiceSettings.EnableOutgoingWebhooks = on()
	cfg.ServiceSettings.EnableCommands = on()
	cfg.ServiceSettings.EnablePostUsernameOverride = on()
	cfg.ServiceSettings.EnablePostIconOverride = on()
	cfg.ServiceSettings.EnableSecurityFixAlert = off()
	cfg.ServiceSettings.EnableLinkPreviews = off()
	cfg.ServiceSettings.EnableGifPicker = off()
	cfg.ServiceSettings.EnableTutorial = off()
	cfg.ServiceSettings.EnableOnboardingFlow = off()
	cfg.ServiceSettings.EnableAPITeamDeletion = on()
	cfg.ServiceSettings.EnableAPIUserDeletion = on()
	cfg.ServiceSettings.EnableAPIChannelDeletion = on()

	cfg.TeamSettings.EnableOpenServer = on()
	cfg.TeamSettings.MaxUsersPerTeam = number(10000)
	cfg.PasswordSettings.MinimumLength = number(8)
	cfg.RateLimitSettings.Enable = off()

	cfg.FileSettings.DriverName = text(model.ImageDriverLocal)
	cfg.FileSettings.Directory = in("data")

	cfg.PluginSettings.Enable = on()
	cfg.PluginSettings.EnableUploads = on()
	cfg.PluginSettings.RequirePluginSignature = off()
	cfg.PluginSettings.AutomaticPrepackagedPlugins = off()
	cfg.PluginSettings.EnableMarketplace = off()
	cfg.PluginSettings.EnableRemoteMarketplace = off()
	cfg.PluginSettings.Directory = in("plugins")
	cfg.PluginSettings.ClientDirectory = in("client/plugins")

	cfg.LogSettings.EnableDiagnostics = off()
	cfg.LogSettings.EnableSentry = off()
	cfg.LogSettings.EnableConsole = on()
	cfg.LogSettings.ConsoleLevel = text("INFO")
	cfg.LogSettings.ConsoleJson = on()
	cfg.LogSettings.EnableFile = off()
	cfg.LogSettings.FileLocation = in("logs")

	cfg.EmailSettings.SendEmailNotifications = off()
	cfg.EmailSettings.SendPushNotifications = off()
	cfg.EmailSettings.EnableEmailBatching = off()
	cfg.EmailSettings.RequireEmailVerification = off()
	cfg.AnnouncementSettings.AdminNoticesEnabled = off()
	cfg.AnnouncementSettings.UserNoticesEnabled = off()
	cfg.MetricsSettings.Enable = off()
}

// applyOverrides merges a file in the shape of config.json over cfg. A setting that Mattermost does not know is
// refused, because a misspelt one would silently test something else.
func applyOverrides(cfg *model.Config, path string) error {
	if path == "" {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(cfg); err != nil {
		return fmt.Errorf("settings in %s: %w", path, err)
	}
	return nil
}
