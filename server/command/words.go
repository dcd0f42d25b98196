package command

import (
	"fmt"
	"strings"

	"mattermost-plugin-openclaw/server/link"
)

// List says which commands there are, in Markdown.
func List(specs []link.CommandSpec) string {
	var commands, skills strings.Builder
	for _, spec := range specs {
		line := fmt.Sprintf("- `%s` %s\n", usage(spec), spec.Description)
		if spec.Kind == link.KindSkill {
			skills.WriteString(line)
		} else {
			commands.WriteString(line)
		}
	}
	if commands.Len()+skills.Len() == 0 {
		return "There are no commands yet. They come with the first hello of an OpenClaw gateway."
	}
	text := "#### OpenClaw commands\n" + commands.String()
	if skills.Len() > 0 {
		text += "\n#### Skills\n" + skills.String()
	}
	return text + "\n`/oc <command>` explains one of them."
}

// Explain tells what a command does and takes, in Markdown.
func Explain(spec link.CommandSpec) string {
	const shown = 30
	var text strings.Builder
	fmt.Fprintf(&text, "#### `%s`\n%s\n", usage(spec), spec.Description)
	for _, arg := range spec.Args {
		fmt.Fprintf(&text, "- **%s** %s", arg.Name, arg.Description)
		if len(arg.Choices) > 0 {
			var values []string
			for _, choice := range arg.Choices[:min(shown, len(arg.Choices))] {
				values = append(values, "`"+choice.Value+"`")
			}
			text.WriteString(": " + strings.Join(values, ", "))
			if more := len(arg.Choices) - shown; more > 0 {
				fmt.Fprintf(&text, " and %d more", more)
			}
		}
		text.WriteString("\n")
	}
	if spec.Changes != nil && !*spec.Changes {
		text.WriteString("\nIt only tells, and changes nothing.")
	}
	return text.String()
}

func usage(spec link.CommandSpec) string {
	return strings.TrimSpace("/" + Prefix + spec.Name + " " + hint(spec))
}
