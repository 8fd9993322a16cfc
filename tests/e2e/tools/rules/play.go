package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sort"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
)

// A question: rules, series in the notation of Prometheus' tests ("load 1m\n  up 1x10 0"), and how often, [s], and how long, [s],
// the rules are evaluated.
type question struct {
	Rules string `json:"rules"`
	Load  string `json:"load"`
	Every int64  `json:"every"`
	Until int64  `json:"until"`
}

// While an alert fired: from the first evaluation at which it did to the first at which it did not; -1: to the end. [s]
type firing struct {
	Alert  string            `json:"alert"`
	Labels map[string]string `json:"labels"`
	From   int64             `json:"from"`
	To     int64             `json:"to"`
}

// play evaluates the rules as Prometheus' rule manager does, which is what promtool's unit tests do as well.
func play(asked question) ([]firing, error) {
	folder, err := os.MkdirTemp("", "rules")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "rules.yaml")
	if err := os.WriteFile(file, []byte(asked.Rules), 0o600); err != nil {
		return nil, err
	}
	suite, err := promqltest.NewLazyLoader(asked.Load, promqltest.LazyLoaderOpts{EnableAtModifier: true, EnableNegativeOffset: true})
	if err != nil {
		return nil, err
	}
	defer suite.Close()
	suite.SubqueryInterval = time.Minute
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc: rules.EngineQueryFunc(suite.QueryEngine(), suite.Storage()), Appendable: suite.Storage(),
		Context: context.Background(), NotifyFunc: func(context.Context, string, ...*rules.Alert) {},
		Logger: slog.New(slog.DiscardHandler), Parser: parser.NewParser(parser.Options{}),
		NameValidationScheme: model.LegacyValidation})
	every := time.Duration(asked.Every) * time.Second
	loaded, mistakes := manager.LoadGroups(every, labels.EmptyLabels(), "", nil, false, file)
	if len(mistakes) > 0 {
		return nil, mistakes[0]
	}
	var groups []*rules.Group
	for _, group := range loaded {
		groups = append(groups, group)
		for _, rule := range group.Rules() {
			if alert, ok := rule.(*rules.AlertingRule); ok {
				alert.SetRestored(true)
			}
		}
	}
	sort.Slice(groups, func(a, b int) bool { return groups[a].Name() < groups[b].Name() })

	out := []firing{}
	open := map[string]int{}
	for at := int64(0); at <= asked.Until; at += asked.Every {
		now := time.Unix(at, 0).UTC()
		var failure error
		suite.WithSamplesTill(now, func(err error) {
			failure = err
			for _, group := range groups {
				group.Eval(suite.Context(), now)
			}
		})
		if failure != nil {
			return nil, failure
		}
		fires := map[string]bool{}
		for _, group := range groups {
			for _, rule := range group.Rules() {
				if err := rule.LastError(); err != nil {
					return nil, fmt.Errorf("%s at %d s: %w", rule.Name(), at, err)
				}
				alert, ok := rule.(*rules.AlertingRule)
				if !ok {
					continue
				}
				for _, one := range alert.ActiveAlerts() {
					if one.State != rules.StateFiring {
						continue
					}
					key := one.Labels.String()
					fires[key] = true
					if _, known := open[key]; !known {
						open[key] = len(out)
						out = append(out, firing{alert.Name(), one.Labels.Map(), at, -1})
					}
				}
			}
		}
		for key, number := range open {
			if !fires[key] {
				out[number].To = at
				delete(open, key)
			}
		}
	}
	return out, nil
}
