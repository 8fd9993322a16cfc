package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	appsdefaults "k8s.io/kubernetes/pkg/apis/apps/v1"
	"sigs.k8s.io/yaml"
)

const namespace = "default"

// A workload: what makes pods, and how many.
type workload struct {
	name     string // "Kind/name"
	stateful bool   // its pods are not replaced while the old one may still run
	onDisk   bool   // its pods have a volume on the node where they first ran
	onClaim  bool   // its pods share a volume that one node at a time has
	replicas int
	template corev1.PodTemplateSpec
	strategy appsv1.DeploymentStrategy
	owner    metav1.OwnerReference
	claims   []corev1.PersistentVolumeClaim // of each pod
}

// workloadsOf reads the Deployments and StatefulSets among YAML documents; unknown fields are errors.
func workloadsOf(text string, replicas map[string]int, onDisk, onClaim []string) ([]workload, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	var out []workload
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal(document, &kind); err != nil {
			return nil, err
		}
		var one workload
		count := int32(1)
		switch kind.APIVersion + "/" + kind.Kind {
		case "apps/v1/Deployment":
			var read appsv1.Deployment
			if err := yaml.UnmarshalStrict(document, &read); err != nil {
				return nil, err
			}
			appsdefaults.SetObjectDefaults_Deployment(&read)
			count = *read.Spec.Replicas
			one = workload{name: "Deployment/" + read.Name, template: read.Spec.Template, strategy: read.Spec.Strategy}
			one.owner = ownerOf("ReplicaSet", read.Name+"-1")
			one.template.Labels = with(one.template.Labels, appsv1.DefaultDeploymentUniqueLabelKey, "1")
		case "apps/v1/StatefulSet":
			var read appsv1.StatefulSet
			if err := yaml.UnmarshalStrict(document, &read); err != nil {
				return nil, err
			}
			appsdefaults.SetObjectDefaults_StatefulSet(&read)
			count = *read.Spec.Replicas
			one = workload{name: "StatefulSet/" + read.Name, template: read.Spec.Template, stateful: true}
			one.owner = ownerOf("StatefulSet", read.Name)
			one.claims = read.Spec.VolumeClaimTemplates
			one.template.Labels = with(one.template.Labels, appsv1.StatefulSetRevisionLabel, read.Name+"-1")
		default:
			continue
		}
		one.replicas = int(count)
		if wanted, ok := replicas[one.name]; ok {
			one.replicas = wanted
		}
		one.onDisk = slices.Contains(onDisk, one.name)
		one.onClaim = slices.Contains(onClaim, one.name)
		tolerateByDefault(&one.template.Spec)
		out = append(out, one)
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(replicas)), onDisk, onClaim) {
		if !slices.ContainsFunc(out, func(one workload) bool { return one.name == name }) {
			return nil, fmt.Errorf("no manifest of %s", name)
		}
	}
	return out, nil
}

func ownerOf(kind, name string) metav1.OwnerReference {
	yes := true
	return metav1.OwnerReference{APIVersion: "apps/v1", Kind: kind, Name: name, UID: types.UID(kind + name), Controller: &yes}
}

func with(labels map[string]string, key, value string) map[string]string {
	out := map[string]string{key: value}
	for other, old := range labels {
		out[other] = old
	}
	return out
}

// tolerateByDefault does what the admission plugin DefaultTolerationSeconds does: 300 s for each way of being lost that
// a pod says nothing of.
func tolerateByDefault(spec *corev1.PodSpec) {
	seconds := int64(300)
	for _, key := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		said := false
		for _, old := range spec.Tolerations {
			says := old.Key == key || (old.Key == "" && old.Operator == corev1.TolerationOpExists)
			said = said || (says && (old.Effect == "" || old.Effect == corev1.TaintEffectNoExecute))
		}
		if !said {
			spec.Tolerations = append(spec.Tolerations, corev1.Toleration{
				Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &seconds})
		}
	}
}

// pod number n of a workload; generation tells a replacement from what it replaces.
func (w *workload) pod(n, generation int) *corev1.Pod {
	base := w.name[strings.Index(w.name, "/")+1:]
	name := base + "-" + strconv.Itoa(n)
	if !w.stateful {
		name = fmt.Sprintf("%s-1-%d-%d", base, n, generation)
	}
	made := &corev1.Pod{
		ObjectMeta: *w.template.ObjectMeta.DeepCopy(),
		Spec:       *w.template.Spec.DeepCopy(),
		Status:     corev1.PodStatus{Phase: corev1.PodPending},
	}
	made.Name, made.Namespace = name, namespace
	made.OwnerReferences = []metav1.OwnerReference{w.owner}
	if made.Spec.SchedulerName == "" {
		made.Spec.SchedulerName = corev1.DefaultSchedulerName
	}
	if w.stateful {
		made.Labels[appsv1.StatefulSetPodNameLabel] = name
		made.Labels[appsv1.PodIndexLabel] = strconv.Itoa(n)
		for _, claim := range w.claims {
			made.Spec.Volumes = append(made.Spec.Volumes, corev1.Volume{Name: claim.Name, VolumeSource: corev1.VolumeSource{
				PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim.Name + "-" + name}}})
		}
	}
	for _, containers := range [][]corev1.Container{made.Spec.Containers, made.Spec.InitContainers} {
		for at := range containers {
			requestLimits(&containers[at])
		}
	}
	return made
}

// requestLimits does what the API server does: a limit without a request is the request.
func requestLimits(container *corev1.Container) {
	for name, limit := range container.Resources.Limits {
		if _, said := container.Resources.Requests[name]; !said {
			if container.Resources.Requests == nil {
				container.Resources.Requests = corev1.ResourceList{}
			}
			container.Resources.Requests[name] = limit.DeepCopy()
		}
	}
}

// An arrival: pod number n of a workload.
type arrival struct {
	workload int
	n        int
}

// arrivals is a random order in which all pods come; those of one workload keep theirs.
func arrivals(workloads []workload, source *rand.Rand) []arrival {
	var bag []int
	for at, one := range workloads {
		for range one.replicas {
			bag = append(bag, at)
		}
	}
	source.Shuffle(len(bag), func(a, b int) { bag[a], bag[b] = bag[b], bag[a] })
	next := make([]int, len(workloads))
	order := make([]arrival, len(bag))
	for at, which := range bag {
		order[at] = arrival{which, next[which]}
		next[which]++
	}
	return order
}

func nodesOf(shapes []nodeShape) ([]*corev1.Node, error) {
	var out []*corev1.Node
	for _, shape := range shapes {
		capacity := corev1.ResourceList{}
		for name, text := range shape.Capacity {
			amount, err := resource.ParseQuantity(text)
			if err != nil {
				return nil, fmt.Errorf("node %s: %s %q: %w", shape.Name, name, text, err)
			}
			capacity[corev1.ResourceName(name)] = amount
		}
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: shape.Name, Labels: with(shape.Labels, corev1.LabelHostname, shape.Name)}}
		for _, taint := range shape.Taints {
			node.Spec.Taints = append(node.Spec.Taints, corev1.Taint{Key: taint.Key, Value: taint.Value, Effect: corev1.TaintEffect(taint.Effect)})
		}
		node.Status.Capacity, node.Status.Allocatable = capacity, capacity
		node.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
		out = append(out, node)
	}
	return out, nil
}
