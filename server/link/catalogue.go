package link

import (
	"regexp"
	"slices"
)

// Kinds of command.
const (
	KindCommand = "command"
	KindSkill   = "skill"
)

// CommandSpec is a command that a gateway serves; people type it as /oc_<name>.
type CommandSpec struct {
	Name string `json:"name"`
	// Kind is KindCommand or KindSkill; a skill's answer is a post like any other.
	Kind        string `json:"kind"`
	Description string `json:"description"`
	// Changes is false if the command only tells; absent means true.
	Changes *bool        `json:"changes,omitempty"`
	Args    []CommandArg `json:"args"`
}

// CommandArg is an argument. Rest: it takes what is left of the line.
type CommandArg struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Required    bool     `json:"required"`
	Rest        bool     `json:"rest"`
	Choices     []Choice `json:"choices"`
}

// Choice is one of the values that are offered for an argument.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

const (
	maxCommands    = 200
	maxArgs        = 8
	maxChoices     = 100
	maxArgName     = 32
	maxDescription = 200
)

var commandName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,58}$`)

func validCatalogue(catalogue []CommandSpec) bool {
	return len(catalogue) <= maxCommands && !slices.ContainsFunc(catalogue, func(c CommandSpec) bool {
		return !commandName.MatchString(c.Name) || !slices.Contains([]string{"", KindCommand, KindSkill}, c.Kind) ||
			size(c.Description) > maxDescription || len(c.Args) > maxArgs || slices.ContainsFunc(c.Args, invalidArg)
	})
}

func invalidArg(a CommandArg) bool {
	return a.Name == "" || size(a.Name) > maxArgName || size(a.Description) > maxDescription || len(a.Choices) > maxChoices ||
		slices.ContainsFunc(a.Choices, func(c Choice) bool {
			return c.Value == "" || size(c.Value) > maxDescription || size(c.Label) > maxDescription
		})
}
