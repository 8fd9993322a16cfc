package main

import (
	"fmt"
	"math/rand"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// How many pods an update may have more, and fewer, than asked for.
type leeway struct {
	surge       int
	unavailable int
}

// leewayOf rounds as the Deployment controller does: what is more up, what is fewer down, and never both zero.
func leewayOf(strategy appsv1.DeploymentStrategy, replicas int) (leeway, error) {
	if strategy.Type == appsv1.RecreateDeploymentStrategyType {
		return leeway{0, replicas}, nil
	}
	surge, err := intstr.GetScaledValueFromIntOrPercent(strategy.RollingUpdate.MaxSurge, replicas, true)
	if err != nil {
		return leeway{}, err
	}
	unavailable, err := intstr.GetScaledValueFromIntOrPercent(strategy.RollingUpdate.MaxUnavailable, replicas, false)
	if surge == 0 && unavailable == 0 {
		unavailable = 1
	}
	return leeway{surge, unavailable}, err
}

// A rolling update of one Deployment: the least number of its pods that had a node at any time, where the new ones are,
// and why it ended before, if it did.
type update struct {
	Workload string   `json:"workload"`
	Least    int      `json:"least"`
	Nodes    []string `json:"nodes"`
	Stuck    string   `json:"stuck"`
}

// roll sets an empty scene up as an outcome left it and updates a Deployment as its controller does; pods that have a
// node are ready at once.
func (s *scene) roll(which int, order []arrival, before placement, source *rand.Rand) (update, error) {
	one := &s.workloads[which]
	out := update{Workload: one.name, Least: one.replicas, Nodes: []string{}}
	room, err := leewayOf(one.strategy, one.replicas)
	if err != nil {
		return out, err
	}
	names, err := s.restore(order, before)
	if err != nil {
		return out, err
	}
	old, fresh := slices.Clone(names[which]), []string{}
	for len(old) > 0 || len(fresh) < one.replicas {
		changed := false
		for len(old)+len(fresh) < one.replicas+room.surge && len(fresh) < one.replicas {
			pod := s.made(which, len(fresh), 1)
			pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = "2"
			if err := s.decide(pod); err != nil {
				return out, err
			}
			fresh = append(fresh, pod.Name)
			changed = true
		}
		if err := s.settle(); err != nil {
			return out, err
		}
		ready, waiting, err := s.ready(fresh)
		if err != nil {
			return out, err
		}
		for len(old) > 0 && len(old)+ready > one.replicas-room.unavailable {
			at := source.Intn(len(old))
			if err := s.remove(old[at]); err != nil {
				return out, err
			}
			old = slices.Delete(old, at, at+1)
			changed = true
		}
		out.Least = min(out.Least, len(old)+ready)
		if !changed {
			out.Stuck = fmt.Sprintf("%d old and %d new pods: %s", len(old), ready, waiting)
			break
		}
	}
	for _, name := range fresh {
		pod, err := s.pod(name)
		if err != nil {
			return out, err
		}
		if pod.Spec.NodeName != "" {
			out.Nodes = append(out.Nodes, pod.Spec.NodeName)
		} else if out.Stuck == "" {
			out.Stuck = refusal(pod)
		}
	}
	return out, nil
}

// ready counts pods that have a node, and says why one has none.
func (s *scene) ready(names []string) (int, string, error) {
	count, why := 0, ""
	for _, name := range names {
		pod, err := s.pod(name)
		if err != nil {
			return 0, "", err
		}
		if pod.Spec.NodeName != "" {
			count++
		} else {
			why = refusal(pod)
		}
	}
	return count, why, nil
}

// restore sets an empty scene up as an outcome left it; the pods' names by workload.
func (s *scene) restore(order []arrival, before placement) ([][]string, error) {
	others, err := s.crowd()
	if err != nil {
		return nil, err
	}
	names := make([][]string, len(s.workloads))
	for _, next := range order {
		pod := s.made(next.workload, next.n, 0)
		nodes := before.Nodes[s.workloads[next.workload].name]
		if len(nodes) != s.workloads[next.workload].replicas {
			return nil, fmt.Errorf("%s is not placed whole", s.workloads[next.workload].name)
		}
		bind(pod, nodes[len(names[next.workload])])
		names[next.workload] = append(names[next.workload], pod.Name)
		if err := s.create(pod); err != nil {
			return nil, err
		}
	}
	return names, s.seen(others+len(order), false)
}

// bind makes a pod one that runs on a node.
func bind(pod *corev1.Pod, node string) {
	pod.Spec.NodeName = node
	pod.Status.Phase = corev1.PodRunning
	setCondition(pod, corev1.ConditionTrue, "", "")
}
