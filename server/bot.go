package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/pluginapi"
)

// pictureKey remembers which picture was set last, so that one chosen by an admin stays until ours changes.
const pictureKey = "bot_picture"

// ensureBot makes the plugin's bot account, with its picture, or finds it again.
func ensureBot(api plugin.API, driver plugin.Driver, bundle string) (*model.Bot, error) {
	bot := &model.Bot{Username: "openclaw", DisplayName: "OpenClaw", Description: "Your OpenClaw assistant."}
	id, err := pluginapi.NewClient(api, driver).Bot.EnsureBot(bot)
	if err != nil {
		return nil, fmt.Errorf("make the bot account @openclaw: %w", err)
	}
	// An ordinary account of that name is returned as if it were the bot.
	bot, appErr := api.GetBot(id, true)
	if appErr != nil {
		return nil, fmt.Errorf("the account @openclaw is not a bot: rename it, or convert it to one, then enable this plugin again: %w", appErr)
	}
	if err := setPicture(api, bot.UserId, filepath.Join(bundle, "assets", "bot.png")); err != nil {
		api.LogWarn("The bot's picture could not be set.", "bot_id", bot.UserId, "error", err.Error())
	}
	return bot, nil
}

func setPicture(api plugin.API, botID, file string) error {
	picture, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	version := fmt.Sprintf("%x", sha256.Sum256(picture))
	held, appErr := api.KVGet(pictureKey)
	if appErr == nil && string(held) != version {
		if appErr = api.SetProfileImage(botID, picture); appErr == nil {
			appErr = api.KVSet(pictureKey, []byte(version))
		}
	}
	if appErr != nil {
		return appErr
	}
	return nil
}
