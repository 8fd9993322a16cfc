package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"runtime/debug"
	"sort"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	corelisters "k8s.io/client-go/listers/core/v1"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

// How long the scheduler may be silent before that is an error.
const silence = 300 * time.Second

// A scene: a cluster in a fake client set, and kube-scheduler at work on it.
type scene struct {
	client    *fake.Clientset
	workloads []workload
	budgets   []budget
	context   context.Context
	cancel    context.CancelFunc
	scheduler *scheduler.Scheduler
	lister    corelisters.PodNamespaceLister
	nodes     []*corev1.Node
	others    map[string]int // foreign pods by node
	serial    int            // of objects, so that no two share an identity
}

// kubernetesVersion is the version of the scheduler that is linked in.
func kubernetesVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "k8s.io/kubernetes" {
				return module.Version
			}
		}
	}
	return "unknown"
}

func newScene(nodes []*corev1.Node, workloads []workload, budgets []budget) (*scene, error) {
	var objects []apiruntime.Object
	for _, node := range nodes {
		objects = append(objects, node.DeepCopy())
	}
	objects = append(objects, volumesOf(workloads)...)
	client := fake.NewSimpleClientset(objects...) // without managed fields, which would take most of the time
	// The fake client set stores a binding nowhere; the API server writes it into the pod.
	client.PrependReactor("create", "pods", func(action clienttesting.Action) (bool, apiruntime.Object, error) {
		if action.GetSubresource() != "binding" {
			return false, nil, nil
		}
		binding := action.(clienttesting.CreateAction).GetObject().(*corev1.Binding)
		resourceOf := corev1.SchemeGroupVersion.WithResource("pods")
		found, err := client.Tracker().Get(resourceOf, namespace, binding.Name)
		if err != nil {
			return true, nil, err
		}
		pod := found.(*corev1.Pod).DeepCopy()
		pod.Spec.NodeName = binding.Target.Name
		setCondition(pod, corev1.ConditionTrue, "", "")
		return true, binding, client.Tracker().Update(resourceOf, pod, namespace)
	})

	klog.SetLogger(logr.Discard()) // what happened is in the pods
	ctx, cancel := context.WithCancel(context.Background())
	out := &scene{client: client, workloads: workloads, budgets: budgets, context: ctx, cancel: cancel, nodes: nodes}
	factory := informers.NewSharedInformerFactory(client, 0)
	out.lister = factory.Core().V1().Pods().Lister().Pods(namespace)
	recorders := profile.RecorderFactory(func(string) events.EventRecorderLogger { return events.NewFakeRecorder(1 << 16) })
	made, err := scheduler.New(ctx, client, factory, nil, recorders, scheduler.WithParallelism(1),
		scheduler.WithPodMaxBackoffSeconds(1))
	if err != nil {
		cancel()
		return nil, err
	}
	out.scheduler = made
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	if err := made.WaitForHandlersSync(ctx); err != nil {
		cancel()
		return nil, err
	}
	go made.Run(ctx)
	return out, nil
}

func (s *scene) close() { s.cancel() }

// volumesOf is a bound claim for every claim of a pod, on a volume that every node can reach.
func volumesOf(workloads []workload) []apiruntime.Object {
	var out []apiruntime.Object
	seen := map[string]bool{}
	for at := range workloads {
		for n := range workloads[at].replicas {
			for _, volume := range workloads[at].pod(n, 0).Spec.Volumes {
				source := volume.PersistentVolumeClaim
				if source != nil && !seen[source.ClaimName] {
					seen[source.ClaimName] = true
					bound, claim := boundClaim(source.ClaimName)
					out = append(out, bound, claim)
				}
			}
		}
	}
	return out
}

func boundClaim(name string) (*corev1.PersistentVolume, *corev1.PersistentVolumeClaim) {
	size := corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}
	modes := []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: "volume-of-" + name},
		Spec: corev1.PersistentVolumeSpec{Capacity: size, AccessModes: modes,
			ClaimRef: &corev1.ObjectReference{Namespace: namespace, Name: name}},
		Status: corev1.PersistentVolumeStatus{Phase: corev1.VolumeBound},
	}
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace,
			Annotations: map[string]string{"pv.kubernetes.io/bind-completed": "yes"}},
		Spec: corev1.PersistentVolumeClaimSpec{AccessModes: modes, VolumeName: volume.Name,
			Resources: corev1.VolumeResourceRequirements{Requests: size}},
		Status: corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound, Capacity: size},
	}
	return volume, claim
}

// bindToDisk gives a pod a volume on one node's disk.
func (s *scene) bindToDisk(pod *corev1.Pod, node string) error {
	volume, claim := boundClaim("disk-of-" + string(pod.UID))
	volume.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{
			{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}}}}}}
	if _, err := s.client.CoreV1().PersistentVolumes().Create(s.context, volume, metav1.CreateOptions{}); err != nil {
		return err
	}
	if _, err := s.client.CoreV1().PersistentVolumeClaims(namespace).Create(s.context, claim, metav1.CreateOptions{}); err != nil {
		return err
	}
	pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: "disk", VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim.Name}}})
	return nil
}

func setCondition(pod *corev1.Pod, status corev1.ConditionStatus, reason, message string) {
	kept := []corev1.PodCondition{{Type: corev1.PodScheduled, Status: status, Reason: reason, Message: message}}
	for _, old := range pod.Status.Conditions {
		if old.Type != corev1.PodScheduled {
			kept = append(kept, old)
		}
	}
	pod.Status.Conditions = kept
}

func (s *scene) pod(name string) (*corev1.Pod, error) {
	return s.client.CoreV1().Pods(namespace).Get(s.context, name, metav1.GetOptions{})
}

// made is a pod that no other one shares its identity with.
func (s *scene) made(workload, n, generation int) *corev1.Pod {
	pod := s.workloads[workload].pod(n, generation)
	s.serial++
	pod.UID = types.UID(fmt.Sprintf("%s-%d", pod.Name, s.serial))
	return pod
}

// decide lets a pod come and waits until the scheduler has bound it or found no node for it.
func (s *scene) decide(pod *corev1.Pod) error {
	if _, err := s.client.CoreV1().Pods(namespace).Create(s.context, pod, metav1.CreateOptions{}); err != nil {
		return err
	}
	return s.told(pod.Name, func(now *corev1.Pod) bool {
		return now != nil && now.UID == pod.UID && (now.Spec.NodeName != "" || refusal(now) != "")
	})
}

func refusal(pod *corev1.Pod) string {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			return condition.Message
		}
	}
	return ""
}

// settle waits until the scheduler has nothing to try again: it does when something changed that may help a pod.
func (s *scene) settle() error {
	queue := s.scheduler.SchedulingQueue
	quiet := 0
	for start := time.Now(); time.Since(start) < silence; time.Sleep(time.Millisecond) {
		if len(queue.PodsInActiveQ())+len(queue.PodsInBackoffQ())+len(queue.InFlightPods()) == 0 {
			quiet++
		} else {
			quiet = 0
		}
		if quiet == 5 {
			return nil
		}
	}
	return errors.New("the scheduler does not come to rest")
}

// clear takes all pods away and gives back what was lost.
func (s *scene) clear() error {
	if err := s.settle(); err != nil {
		return err
	}
	pods, err := s.client.CoreV1().Pods(namespace).List(s.context, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, pod := range pods.Items {
		if err := s.remove(pod.Name); err != nil {
			return err
		}
	}
	// Only then: a pod that waits would be tried again on the node that is back.
	for start := time.Now(); ; time.Sleep(time.Millisecond) {
		if waiting, _ := s.scheduler.SchedulingQueue.PendingPods(); len(waiting)+len(s.scheduler.SchedulingQueue.InFlightPods()) == 0 {
			break
		}
		if time.Since(start) > silence {
			return errors.New("the scheduler's queue keeps pods that are gone")
		}
	}
	for _, node := range s.nodes {
		if _, err := s.client.CoreV1().Nodes().Update(s.context, node.DeepCopy(), metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	return s.seen(0, false)
}

// places tells where the pods of each workload are, given their names in order of arrival.
func (s *scene) places(pods [][]string) (placement, error) {
	out := placement{Nodes: map[string][]string{}, Pending: map[string]string{}}
	for at, names := range pods {
		out.Nodes[s.workloads[at].name] = []string{}
		for _, name := range names {
			pod, err := s.pod(name)
			if err != nil {
				return out, err
			}
			if pod.Spec.NodeName == "" {
				out.Pending[name] = refusal(pod)
				continue
			}
			out.Nodes[s.workloads[at].name] = append(out.Nodes[s.workloads[at].name], pod.Spec.NodeName)
		}
	}
	return out, nil
}

// create stores a pod and waits until the news has come through: the fake client set holds a hundred unread ones.
func (s *scene) create(pod *corev1.Pod) error {
	if _, err := s.client.CoreV1().Pods(namespace).Create(s.context, pod, metav1.CreateOptions{}); err != nil {
		return err
	}
	return s.told(pod.Name, func(now *corev1.Pod) bool { return now != nil && now.UID == pod.UID })
}

// remove deletes a pod and waits likewise.
func (s *scene) remove(name string) error {
	if err := s.client.CoreV1().Pods(namespace).Delete(s.context, name, metav1.DeleteOptions{}); err != nil {
		return err
	}
	return s.told(name, func(now *corev1.Pod) bool { return now == nil })
}

// told waits until what the scheduler hears of a pod is so; nil: that it is gone.
func (s *scene) told(name string, so func(*corev1.Pod) bool) error {
	for start := time.Now(); time.Since(start) < silence; time.Sleep(100 * time.Microsecond) {
		now, err := s.lister.Get(name)
		if err != nil {
			now = nil
		}
		if so(now) {
			return nil
		}
	}
	return fmt.Errorf("no news of %s", name)
}

// crowd puts the foreign pods on their nodes, and tells how many they are.
func (s *scene) crowd() (int, error) {
	count := 0
	for _, node := range s.nodes {
		for n := range s.others[node.Name] {
			s.serial++
			pod := &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("other-%s-%d", node.Name, n), Namespace: namespace,
					UID: types.UID(fmt.Sprintf("other-%d", s.serial))},
				Spec:   corev1.PodSpec{NodeName: node.Name, Containers: []corev1.Container{{Name: "other"}}},
				Status: corev1.PodStatus{Phase: corev1.PodRunning},
			}
			if err := s.create(pod); err != nil {
				return count, err
			}
			count++
		}
	}
	return count, nil
}

// arrive lets all pods come, one after another.
func (s *scene) arrive(order []arrival) (placement, error) {
	others, err := s.crowd()
	if err != nil {
		return placement{}, err
	}
	if err := s.seen(others, false); err != nil {
		return placement{}, err
	}
	pods := make([][]string, len(s.workloads))
	for _, next := range order {
		pod := s.made(next.workload, next.n, 0)
		if err := s.decide(pod); err != nil {
			return placement{}, err
		}
		pods[next.workload] = append(pods[next.workload], pod.Name)
	}
	if err := s.settle(); err != nil {
		return placement{}, err
	}
	return s.places(pods)
}

// lose sets an empty scene up as an outcome left it, takes a node away as the node controller does, plays the evictions and lets
// the replacements come in a random order among those evicted in the same second.
func (s *scene) lose(node string, order []arrival, before placement, source *rand.Rand) (loss, error) {
	out := loss{Node: node, Evicted: map[string][]int64{}, Kept: []string{}}
	pods := make([][]string, len(s.workloads))
	taken := make([]int, len(s.workloads))
	var gone []eviction
	there := 0
	if err := s.taint(node); err != nil {
		return out, err
	}
	others, err := s.crowd()
	if err != nil {
		return out, err
	}
	for _, next := range order {
		one := &s.workloads[next.workload]
		nodes := before.Nodes[one.name]
		if len(nodes) != one.replicas {
			return out, fmt.Errorf("a loss of %s is asked for where %s is not placed whole", node, one.name)
		}
		pod := s.made(next.workload, next.n, 0)
		bind(pod, nodes[taken[next.workload]])
		taken[next.workload]++
		if pod.Spec.NodeName != node {
			pods[next.workload] = append(pods[next.workload], pod.Name)
		} else if seconds, evicted := tolerated(pod); evicted {
			// The kubelet is gone: what is evicted stays there, terminating, until the node returns.
			now := metav1.Now()
			pod.DeletionTimestamp = &now
			out.Evicted[one.name] = append(out.Evicted[one.name], seconds)
			if one.stateful {
				out.Kept = append(out.Kept, pod.Name)
			} else {
				gone = append(gone, eviction{next.workload, next.n, seconds, source.Float64()})
			}
			// A volume leaves a dead node only once the pods there are removed, by its out-of-service taint or with it.
			if one.onClaim {
				continue
			}
		} else {
			out.Kept = append(out.Kept, pod.Name)
		}
		if err := s.create(pod); err != nil {
			return out, err
		}
		there++
	}
	if err := s.seen(others+there, true); err != nil {
		return out, err
	}
	sort.Slice(gone, func(a, b int) bool {
		if gone[a].seconds != gone[b].seconds {
			return gone[a].seconds < gone[b].seconds
		}
		return gone[a].tie < gone[b].tie
	})
	for _, next := range gone {
		pod := s.made(next.workload, next.n, 1)
		if s.workloads[next.workload].onDisk {
			if err := s.bindToDisk(pod, node); err != nil {
				return out, err
			}
		}
		if err := s.decide(pod); err != nil {
			return out, err
		}
		pods[next.workload] = append(pods[next.workload], pod.Name)
	}
	if err := s.settle(); err != nil {
		return out, err
	}
	out.After, err = s.places(pods)
	return out, err
}

// An eviction: pod number n of a workload, after so many seconds.
type eviction struct {
	workload int
	n        int
	seconds  int64
	tie      float64
}

// taint does to a node what the node lifecycle controller does when its heartbeat is missing for too long.
func (s *scene) taint(name string) error {
	node, err := s.client.CoreV1().Nodes().Get(s.context, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	node.Spec.Taints = append(node.Spec.Taints,
		corev1.Taint{Key: corev1.TaintNodeUnreachable, Effect: corev1.TaintEffectNoSchedule},
		corev1.Taint{Key: corev1.TaintNodeUnreachable, Effect: corev1.TaintEffectNoExecute})
	node.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionUnknown}}
	_, err = s.client.CoreV1().Nodes().Update(s.context, node, metav1.UpdateOptions{})
	return err
}

// tolerated is after how many seconds a pod is evicted from an unreachable node; false: never.
func tolerated(pod *corev1.Pod) (int64, bool) {
	taint := corev1.Taint{Key: corev1.TaintNodeUnreachable, Effect: corev1.TaintEffectNoExecute}
	shortest, said := int64(0), false
	for _, toleration := range pod.Spec.Tolerations {
		if !toleration.ToleratesTaint(klog.Background(), &taint, false) {
			continue
		}
		if toleration.TolerationSeconds == nil {
			if !said {
				shortest = -1
			}
			said = true
			continue
		}
		seconds := max(0, *toleration.TolerationSeconds)
		if !said || shortest < 0 || seconds < shortest {
			shortest = seconds
		}
		said = true
	}
	return max(0, shortest), !said || shortest >= 0
}

// seen waits until the scheduler's cache holds so many bound pods, and a lost node or none.
func (s *scene) seen(pods int, lost bool) error {
	for start := time.Now(); time.Since(start) < silence; time.Sleep(time.Millisecond) {
		dump := s.scheduler.Cache.Dump()
		bound, tainted := 0, false
		for _, info := range dump.Nodes {
			bound += len(info.GetPods())
			for _, taint := range info.Node().Spec.Taints {
				tainted = tainted || taint.Key == corev1.TaintNodeUnreachable
			}
		}
		if bound == pods && tainted == lost {
			return nil
		}
	}
	return fmt.Errorf("the scheduler's cache does not hold the %d pods", pods)
}
