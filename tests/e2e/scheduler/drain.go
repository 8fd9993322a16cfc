package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// A drain of a node, as `kubectl drain` does it: cordoned, then each pod evicted as soon as the disruption budgets let it go.
// Least is how many pods of each workload had a node at any time; Stuck says whose eviction was refused for good; After is
// where all pods are once the node is back.
type drain struct {
	Node  string         `json:"node"`
	Least map[string]int `json:"least"`
	Stuck string         `json:"stuck"`
	After placement      `json:"after"`
}

// A budget and the pods that it counts.
type budget struct {
	name     string
	spec     policyv1.PodDisruptionBudgetSpec
	selector labels.Selector
}

// budgetsOf reads the disruption budgets among YAML documents; unknown fields are errors.
func budgetsOf(text string) ([]budget, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	var out []budget
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal(document, &kind); err != nil {
			return nil, err
		}
		if kind.APIVersion+"/"+kind.Kind != "policy/v1/PodDisruptionBudget" {
			continue
		}
		var read policyv1.PodDisruptionBudget
		if err := yaml.UnmarshalStrict(document, &read); err != nil {
			return nil, err
		}
		selector, err := metav1.LabelSelectorAsSelector(read.Spec.Selector)
		if err != nil {
			return nil, err
		}
		out = append(out, budget{read.Name, read.Spec, selector})
	}
}

// A pod of a workload that a drain may move.
type member struct {
	workload int
	n        int
	name     string
	disk     string // the node that its volume is on, or empty
}

// counted is what the disruption controller counts: how many pods should be there, by the scale of the workloads that own
// those selected, how many are, and how many of these are healthy. A pod that has a node is healthy.
func (b *budget) counted(s *scene, pods []*corev1.Pod, owners []int) (expected, present, healthy int) {
	seen := map[int]bool{}
	for at, pod := range pods {
		if !b.selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		if !seen[owners[at]] {
			seen[owners[at]] = true
			expected += s.workloads[owners[at]].replicas
		}
		present++
		if pod.Spec.NodeName != "" {
			healthy++
		}
	}
	return expected, present, healthy
}

// allowed is how many pods may be disrupted now: pkg/controller/disruption, getExpectedPodCount and updatePdbStatus.
func (b *budget) allowed(s *scene, pods []*corev1.Pod, owners []int) (int, error) {
	expected, present, healthy := b.counted(s, pods, owners)
	desired := 0
	switch {
	case b.spec.MaxUnavailable != nil:
		most, err := intstr.GetScaledValueFromIntOrPercent(b.spec.MaxUnavailable, expected, true)
		if err != nil {
			return 0, err
		}
		desired = max(0, expected-most)
	case b.spec.MinAvailable == nil:
		return 0, fmt.Errorf("the budget %s says nothing", b.name)
	case b.spec.MinAvailable.Type == intstr.Int:
		desired, expected = b.spec.MinAvailable.IntValue(), present
	default:
		least, err := intstr.GetScaledValueFromIntOrPercent(b.spec.MinAvailable, expected, true)
		if err != nil {
			return 0, err
		}
		desired = least
	}
	if expected <= 0 {
		return 0, nil
	}
	return max(0, healthy-desired), nil
}

// refused says why a pod on a node may not be evicted now; empty: it may. Several budgets of one pod are an error of the API.
func (s *scene) refused(pod *corev1.Pod, pods []*corev1.Pod, owners []int) (string, error) {
	var mine *budget
	for at := range s.budgets {
		if !s.budgets[at].selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		if mine != nil {
			return fmt.Sprintf("%s has the budgets %s and %s", pod.Name, mine.name, s.budgets[at].name), nil
		}
		mine = &s.budgets[at]
	}
	if mine == nil {
		return "", nil
	}
	room, err := mine.allowed(s, pods, owners)
	if err != nil || room > 0 {
		return "", err
	}
	return fmt.Sprintf("the budget %s lets no pod go: %s", mine.name, pod.Name), nil
}

// drains sets an empty scene up as an outcome left it and drains nodes, one after another, each given back before the next.
func (s *scene) drains(nodes []string, order []arrival, before placement, source *rand.Rand) ([]drain, error) {
	names, err := s.restore(order, before)
	if err != nil {
		return nil, err
	}
	var members []member
	for which := range names {
		for n, name := range names[which] {
			one := member{workload: which, n: n, name: name}
			if s.workloads[which].onDisk {
				one.disk = before.Nodes[s.workloads[which].name][n]
			}
			members = append(members, one)
		}
	}
	var out []drain
	for _, node := range nodes {
		made, err := s.drainNode(node, members, source)
		if err != nil {
			return nil, err
		}
		out = append(out, made)
		if made.Stuck != "" {
			break
		}
	}
	return out, nil
}

func (s *scene) drainNode(node string, members []member, source *rand.Rand) (drain, error) {
	out := drain{Node: node, Least: map[string]int{}}
	for at := range s.workloads {
		out.Least[s.workloads[at].name] = s.workloads[at].replicas
	}
	if err := s.cordon(node, true); err != nil {
		return out, err
	}
	for {
		there, moved, why := 0, 0, ""
		for _, at := range source.Perm(len(members)) {
			pods, owners, err := s.present(members)
			if err != nil {
				return out, err
			}
			if pods[at].Spec.NodeName != node {
				continue
			}
			there++
			refusal, err := s.refused(pods[at], pods, owners)
			if err != nil {
				return out, err
			}
			if refusal != "" {
				why = refusal
				continue
			}
			moved++
			if err := s.evict(&members[at], members, &out); err != nil {
				return out, err
			}
		}
		if there == moved {
			break
		}
		if moved == 0 {
			out.Stuck = why
			break
		}
	}
	if err := s.cordon(node, false); err != nil {
		return out, err
	}
	var err error
	pods := make([][]string, len(s.workloads))
	for _, one := range members {
		pods[one.workload] = append(pods[one.workload], one.name)
	}
	out.After, err = s.places(pods)
	return out, err
}

// evict takes a pod away; its workload makes another one, which the scheduler places, or not.
func (s *scene) evict(one *member, members []member, out *drain) error {
	if err := s.remove(one.name); err != nil {
		return err
	}
	workload := &s.workloads[one.workload]
	bound := 0
	for _, other := range members {
		if other.workload != one.workload || other.name == one.name {
			continue
		}
		pod, err := s.pod(other.name)
		if err != nil {
			return err
		}
		if pod.Spec.NodeName != "" {
			bound++
		}
	}
	out.Least[workload.name] = min(out.Least[workload.name], bound)
	pod := s.made(one.workload, one.n, s.serial+1)
	if one.disk != "" {
		if err := s.bindToDisk(pod, one.disk); err != nil {
			return err
		}
	}
	one.name = pod.Name
	if err := s.decide(pod); err != nil {
		return err
	}
	return s.settle()
}

// present are the pods of all members, and the workloads that own them.
func (s *scene) present(members []member) ([]*corev1.Pod, []int, error) {
	var pods []*corev1.Pod
	var owners []int
	for _, one := range members {
		pod, err := s.pod(one.name)
		if err != nil {
			return nil, nil, err
		}
		pods, owners = append(pods, pod), append(owners, one.workload)
	}
	return pods, owners, nil
}

// cordon closes a node for new pods, as kubectl and the node controller do together, or opens it, and waits until the
// scheduler knows and has tried again what it may place now.
func (s *scene) cordon(name string, closed bool) error {
	node, err := s.client.CoreV1().Nodes().Get(s.context, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	node.Spec.Unschedulable = closed
	kept := []corev1.Taint{}
	for _, taint := range node.Spec.Taints {
		if taint.Key != corev1.TaintNodeUnschedulable {
			kept = append(kept, taint)
		}
	}
	if closed {
		kept = append(kept, corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule})
	}
	node.Spec.Taints = kept
	if _, err := s.client.CoreV1().Nodes().Update(s.context, node, metav1.UpdateOptions{}); err != nil {
		return err
	}
	for start := time.Now(); ; time.Sleep(time.Millisecond) {
		if info := s.scheduler.Cache.Dump().Nodes[name]; info != nil && info.Node().Spec.Unschedulable == closed {
			return s.settle()
		}
		if time.Since(start) > silence {
			return fmt.Errorf("the scheduler does not hear of node %s", name)
		}
	}
}
