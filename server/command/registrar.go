package command

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/mattermost/mattermost/server/public/model"

	"mattermost-plugin-openclaw/server/link"
)

// Server is the part of Mattermost's plugin API that offers commands.
type Server interface {
	RegisterCommand(command *model.Command) error
	UnregisterCommand(teamID, trigger string) error
}

// Registrar makes Mattermost offer exactly the commands that it is given. It is safe for concurrent use.
type Registrar struct {
	server Server
	icon   string

	mu      sync.Mutex
	offered map[string]string
}

// NewRegistrar begins with nothing offered, as the server does when a plugin starts.
func NewRegistrar(server Server, icon string) *Registrar {
	return &Registrar{server: server, icon: icon, offered: map[string]string{}}
}

// Offer registers these commands and /oc, and takes back all others. None at all takes /oc back too. It tells whether anything changed.
func (r *Registrar) Offer(specs []link.CommandSpec) (changed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	wanted := map[string]*model.Command{}
	if specs != nil {
		wanted[Root] = r.command(Root, "[command]", "List the OpenClaw commands, or explain one.", rootArgs(specs))
	}
	for _, spec := range specs {
		wanted[Prefix+spec.Name] = r.command(Prefix+spec.Name, hint(spec), spec.Description, spec.Args)
	}
	for trigger := range r.offered {
		if wanted[trigger] == nil {
			if err := r.server.UnregisterCommand("", trigger); err != nil {
				return changed, fmt.Errorf("take /%s back: %w", trigger, err)
			}
			delete(r.offered, trigger)
			changed = true
		}
	}
	for trigger, made := range wanted {
		raw, err := json.Marshal(made)
		if err != nil {
			return changed, err
		}
		if r.offered[trigger] == string(raw) {
			continue
		}
		if err := r.server.RegisterCommand(made); err != nil {
			return changed, fmt.Errorf("offer /%s: %w", trigger, err)
		}
		r.offered[trigger] = string(raw)
		changed = true
	}
	return changed, nil
}

func rootArgs(specs []link.CommandSpec) []link.CommandArg {
	names := link.CommandArg{Name: "command", Description: "The command to explain"}
	for _, spec := range specs {
		names.Choices = append(names.Choices, link.Choice{Value: spec.Name, Label: spec.Description})
	}
	return []link.CommandArg{names}
}

// command makes the registration. Choices are not in it: they are asked for when somebody types, and are those of that moment.
func (r *Registrar) command(trigger, hint, description string, args []link.CommandArg) *model.Command {
	data := model.NewAutocompleteData(trigger, hint, description)
	for _, arg := range args {
		help := arg.Description
		if help == "" {
			help = arg.Name
		}
		if len(arg.Choices) > 0 {
			data.AddDynamicListArgument(help, "api/v1/choices/"+trigger+"/"+arg.Name, arg.Required)
		} else {
			// The server takes no optional text by position; nothing is enforced by that.
			data.AddTextArgument(help, "["+arg.Name+"]", "")
		}
	}
	return &model.Command{
		Trigger: trigger, DisplayName: "OpenClaw", Description: description, AutoComplete: true,
		AutoCompleteDesc: description, AutoCompleteHint: hint, AutocompleteData: data, AutocompleteIconData: r.icon,
	}
}

func hint(spec link.CommandSpec) string {
	var parts []string
	for _, arg := range spec.Args {
		parts = append(parts, "["+arg.Name+"]")
	}
	return strings.Join(parts, " ")
}
