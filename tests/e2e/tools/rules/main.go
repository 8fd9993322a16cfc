// Command rules reads Prometheus rules with Prometheus' own code.
//
//	rules < RULES              prints how many rules there are, or every mistake in their form, names and expressions
//	rules play < QUESTION      plays series through the rules and prints when each alert fired, as JSON
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func check(text []byte) int {
	groups, mistakes := rulefmt.Parse(text, false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, mistake := range mistakes {
		fmt.Println(mistake)
	}
	if len(mistakes) > 0 {
		return 1
	}
	count := 0
	for _, group := range groups.Groups {
		count += len(group.Rules)
	}
	fmt.Println(count)
	return 0
}

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(2)
	}
	if len(os.Args) == 1 {
		os.Exit(check(text))
	}
	var asked question
	if err = json.Unmarshal(text, &asked); err == nil {
		var firings []firing
		if firings, err = play(asked); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(firings)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(2)
	}
}
