package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"

	"mattermost-plugin-openclaw/server/command"
	"mattermost-plugin-openclaw/server/link"
)

func (p *Plugin) newRegistrar(bundle string) (*command.Registrar, error) {
	icon, err := os.ReadFile(filepath.Join(bundle, "assets", "icon.svg"))
	if err != nil {
		return nil, fmt.Errorf("read the icon: %w", err)
	}
	return command.NewRegistrar(p.API, "data:image/svg+xml;base64,"+base64.StdEncoding.EncodeToString(icon)), nil
}

// takeCatalogue takes over what a linked gateway serves.
func (p *Plugin) takeCatalogue(botID string, specs []link.CommandSpec) error {
	if err := p.catalogue.Set(botID, specs); err != nil {
		return fmt.Errorf("store the commands: %w", err)
	}
	return p.offerCommands(false)
}

// offerCommands makes Mattermost offer what the linked gateways serve and the settings allow; reread also takes over what
// other nodes stored. A gateway that is away keeps its commands.
func (p *Plugin) offerCommands(reread bool) error {
	if p.registrar == nil {
		return nil
	}
	if reread {
		var botIDs []string
		for _, record := range p.book.All() {
			if p.courier(record.BotID) != nil {
				botIDs = append(botIDs, record.BotID)
			}
		}
		if err := p.catalogue.Load(botIDs); err != nil {
			return fmt.Errorf("read the commands: %w", err)
		}
	}
	changed, err := p.registrar.Offer(p.offered())
	if changed {
		p.tellAll("catalogue")
	}
	return err
}
