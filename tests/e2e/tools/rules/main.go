// Command rules checks a file of Prometheus rules as Prometheus reads it: its form, its names and every expression.
//
//	rules < RULES    prints how many rules there are, or every mistake
package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(2)
	}
	groups, mistakes := rulefmt.Parse(text, false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, mistake := range mistakes {
		fmt.Println(mistake)
	}
	if len(mistakes) > 0 {
		os.Exit(1)
	}
	count := 0
	for _, group := range groups.Groups {
		count += len(group.Rules)
	}
	fmt.Println(count)
}
