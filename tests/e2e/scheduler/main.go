//go:debug randseednop=0

// Command scheduler places the pods of rendered manifests with kube-scheduler's own code, in process, on nodes that exist
// only in a fake client set: in many random orders of arrival, and again after each node was lost.
//
//	scheduler < QUESTION > ANSWER
//
// Both are JSON: see question and answer below.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"os"
)

// A question: which pods on which nodes.
type question struct {
	Nodes     []nodeShape    `json:"nodes"`
	Manifests string         `json:"manifests"` // YAML documents
	Replicas  map[string]int `json:"replicas"`  // by "Kind/name"; the manifest's own count where absent
	OnDisk    []string       `json:"onDisk"`    // workloads, by "Kind/name", whose pods have their data on a node's disk
	OnClaim   []string       `json:"onClaim"`   // workloads whose pods share a volume that one node at a time has
	Others    int            `json:"others"`    // at most so many foreign pods without requests on each node, which sway the scores
	Orders    int            `json:"orders"`
	Seed      int64          `json:"seed"`
	Lose      []string       `json:"lose"`   // nodes to take away, each from each outcome
	Update    int            `json:"update"` // from how many outcomes each Deployment is updated
	Drain     int            `json:"drain"`  // from how many outcomes all nodes are drained, one after another in random order
}

// A node as the cluster has it.
type nodeShape struct {
	Name     string            `json:"name"`
	Labels   map[string]string `json:"labels"`
	Capacity map[string]string `json:"capacity"`
	Taints   []taintShape      `json:"taints"`
}

type taintShape struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Effect string `json:"effect"`
}

// The answer: one outcome per order of arrival.
type answer struct {
	Version  string    `json:"version"` // of Kubernetes
	Outcomes []outcome `json:"outcomes"`
}

type outcome struct {
	Placement placement `json:"placement"`
	Losses    []loss    `json:"losses"`
	Updates   []update  `json:"updates"`
	Drains    []drain   `json:"drains"`
}

// Where the pods are: nodes by "Kind/name", in the order in which the pods came; and what found no node, with the reason.
type placement struct {
	Nodes   map[string][]string `json:"nodes"`
	Pending map[string]string   `json:"pending"` // reason by pod
}

// What happened after a node was gone: when pods were evicted, in seconds after the taint, by "Kind/name"; which pods stay
// bound to the node (a StatefulSet's, which must not run twice; those that tolerate the loss for ever); and where all
// that lives is afterwards.
type loss struct {
	Node    string             `json:"node"`
	Evicted map[string][]int64 `json:"evicted"`
	Kept    []string           `json:"kept"`
	After   placement          `json:"after"`
}

func run(in io.Reader, out io.Writer) error {
	var asked question
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return fmt.Errorf("reading the question: %w", err)
	}
	workloads, err := workloadsOf(asked.Manifests, asked.Replicas, asked.OnDisk, asked.OnClaim)
	if err != nil {
		return err
	}
	nodes, err := nodesOf(asked.Nodes)
	if err != nil {
		return err
	}
	rand.Seed(asked.Seed) //nolint:staticcheck // the scheduler breaks ties with this generator
	orders := rand.New(rand.NewSource(asked.Seed))
	result := answer{Version: kubernetesVersion()}
	budgets, err := budgetsOf(asked.Manifests)
	if err != nil {
		return err
	}
	stage, err := newScene(nodes, workloads, budgets)
	if err != nil {
		return err
	}
	defer stage.close()
	for number := range asked.Orders {
		order := arrivals(workloads, orders)
		others := map[string]int{}
		for _, node := range nodes {
			others[node.Name] = orders.Intn(asked.Others + 1)
		}
		stage.others = others
		var seen outcome
		if seen.Placement, err = stage.arrive(order); err != nil {
			return err
		}
		for _, node := range asked.Lose {
			if err := stage.clear(); err != nil {
				return err
			}
			after, err := stage.lose(node, order, seen.Placement, orders)
			if err != nil {
				return err
			}
			seen.Losses = append(seen.Losses, after)
		}
		for which := range workloads {
			if number >= asked.Update || workloads[which].stateful {
				continue
			}
			if err := stage.clear(); err != nil {
				return err
			}
			after, err := stage.roll(which, order, seen.Placement, orders)
			if err != nil {
				return err
			}
			seen.Updates = append(seen.Updates, after)
		}
		if number < asked.Drain {
			if err := stage.clear(); err != nil {
				return err
			}
			turns := make([]string, len(nodes))
			for at, node := range orders.Perm(len(nodes)) {
				turns[at] = nodes[node].Name
			}
			if seen.Drains, err = stage.drains(turns, order, seen.Placement, orders); err != nil {
				return err
			}
		}
		if err := stage.clear(); err != nil {
			return err
		}
		result.Outcomes = append(result.Outcomes, seen)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", " ")
	return encoder.Encode(result)
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scheduler:", err)
		os.Exit(1)
	}
}
