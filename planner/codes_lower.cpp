#include "planner/codes.hpp"

namespace haplan::planner {

std::vector<Code> lowering_codes() {
  return {
      {"HA051", "components require each other",
       "Following dependsOn and gates leads back to where one started, so none of these "
       "components could ever work.\n"
       "The path names every reference on the way; remove the one that does not hold.\n"
       "Example: `a: {dependsOn: [b]}` and `b: {dependsOn: [a]}`."},
      {"HA052", "unknown node, pool or domain",
       "A name in `in`, `pin`, `forbid` or a plan's `nodes` that the cluster does not "
       "have.\n"
       "Nodes of a pool with a count are called worker-1, worker-2, ...; the pool's name "
       "means all of them.\n"
       "Example: `pin: [zone-d]` where the zones are zone-a to zone-c."},
      {"HA053", "domains contain each other",
       "Following `in` leads back to the same domain, so that it would lie in itself.\n"
       "Every domain lies in at most one larger one.\n"
       "Example: `rack-1: {in: zone-a}` and `zone-a: {in: rack-1}`."},
      {"HA054", "no node is left",
       "`pin` minus `forbid` leaves the component no node to run on.\n"
       "Allow some node, or drop the rule.\n"
       "Example: `pin: [worker-1]` with `forbid: [worker-1]`."},
      {"HA055", "detected by a probe that does not exist",
       "A failure mode with `detection: liveness` is ended by a liveness probe, and the "
       "component has none: a hang would last for ever.\n"
       "Add `probes.liveness`, or say with `repair` how long it lasts, or use `detection: "
       "manual`.\n"
       "Example: `hang: {mtbf: 90d, detection: liveness}` without probes."},
      {"HA056", "movable with local storage",
       "A pod whose data lies on a node's own disk cannot start on another node.\n"
       "Remove `movable`, or use `storage: {kind: network}`.\n"
       "Example: `storage: local` with `movable: true`."},
      {"HA057", "several instances without failover",
       "When the primary is lost another instance must take over, and how long that takes "
       "decides the availability.\n"
       "Add `failover` with a `controller`, or with `detect` and `promote`, or with "
       "`success: 0%` when a person does it.\n"
       "Example: `type: primary-replica` with `replicas: 1..3` and no `failover`."},
      {"HA058", "below a floor of the controller",
       "The failover controller refuses such settings, or would lose its leader by them.\n"
       "The message names the rule; for a range it names the values that keep it.\n"
       "Example: patroni with `ttl: 10s`, where ttl must be at least 20 s."},
      {"HA059", "more replicas needed than allowed",
       "The load, or a given `need`, asks for more replicas than the component may ever "
       "have, so it can never serve. At some levels only, it is a warning: the component is "
       "down there.\n"
       "Allow more replicas, or check load, throughput and maxUtilization.\n"
       "Example: `need: 5` with `replicas: 1..3`."},
      {"HA060", "a replica fits no node",
       "One replica requests more of a resource than any node allowed to it has, even when "
       "empty.\n"
       "Ask for less, allow larger nodes, or correct the unit.\n"
       "Example: `resources: {memory: 64Gi}` on nodes with 32Gi."},
      {"HA061", "drains overlap",
       "At most one node is drained at a time, and draining all of them takes longer than "
       "the time between two drains of one.\n"
       "Drain less often, or faster.\n"
       "Example: 6 nodes with `drain: {every: 1h, perNode: 10m}`."},
      {"HA062", "shares do not sum to 100%",
       "The levels share out the time, so their shares sum to exactly 100%.\n"
       "Correct them, or add a level for the rest, if need be with `rate: 0/s`.\n"
       "Example: `peak: {share: 10%}` and `typical: {share: 80%}`."},
      {"HA063", "a load that says too little",
       "`users` and `thinkTime` belong together: their quotient bounds the rate of "
       "requests.\n"
       "Give both, or `rate` for a load that does not wait for answers.\n"
       "Example: `peak: {users: 10000}` without thinkTime."},
      {"HA064", "load for some services only",
       "`load` is a service's share of the rate. Where one gives it, all must, or the "
       "others would have no load at all.\n"
       "Give every service its share, or remove all.\n"
       "Example: `a: {load: 60%}` beside `b: {}`."},
      {"HA065", "failures of a claim without a name",
       "`storage.failures` describes a volume claim that components share, so the claim "
       "needs a name.\n"
       "Add `claim`, or describe the failures of a replica under `failures`.\n"
       "Example: `storage: {kind: network, failures: {...}}`."},
      {"HA066", "a claim described in two ways",
       "Components that name the same claim share one volume, and it can have only one "
       "access mode and one set of failures.\n"
       "Give them once; the other users need the name alone.\n"
       "Example: `accessMode: ReadWriteOnce` here and `ReadWriteMany` there."},
      {"HA067", "no common node for a claim",
       "A ReadWriteOnce volume is attached to one node, so all pods that use it run there, "
       "and no node is allowed to all of them, whatever variants run.\n"
       "Change `pin` or `forbid`, or use ReadWriteMany.\n"
       "Example: two users of one claim pinned to different nodes."},
      {"HA068", "does not apply",
       "The field means nothing for this type of component, controller or distribution, and "
       "would have no effect.\n"
       "Remove it, or change the type; the message says where it applies.\n"
       "Example: `failover` at a stateless component."},
      {"HA069", "unknown level",
       "`spread.over` names a level that no domain of the cluster has.\n"
       "Use `node`, or the `level` of some domain.\n"
       "Example: `spread: {over: zone}` in a cluster without zones."},
      {"HA070", "successThreshold must be 1",
       "Kubernetes allows another successThreshold for readiness probes only, and rejects "
       "the pod otherwise.\n"
       "Remove it.\n"
       "Example: `liveness: {successThreshold: 2}`."},
      {"HA071", "objective for an unknown service",
       "Objectives are set per service, and none has this name.\n"
       "Check the spelling against spec.services.\n"
       "Example: `objectives: {caht: {...}}` where the service is called chat."},
      {"HA072", "fields exclude each other",
       "Two fields that say the same thing in different ways, so it is not clear which one "
       "counts.\n"
       "Keep one.\n"
       "Example: `replicas` and `autoscale`, or `availability` and `maxDowntime`."},
      {"HA075", "unknown state",
       "A transition names a state that is not under `states`.\n"
       "Check the spelling, or add the state.\n"
       "Example: `{from: ok, to: borken, mtbf: 30d}`."},
      {"HA076", "no state serves",
       "The chain has no state with `serves: true`, so the component would never work.\n"
       "Say in which states it serves.\n"
       "Example: `states: {down: {serves: false}}`."},
      {"HA077", "several ends",
       "The chain can get into different sets of states that it never leaves, so its "
       "long-run figures depend on where it starts.\n"
       "Add the missing transitions, e.g. the repair.\n"
       "Example: `ok -> broken-a` and `ok -> broken-b` with no way back."},
      {"HA078", "empty gate",
       "A gate without members asks for nothing.\n"
       "Name its members, or remove it.\n"
       "Example: `any: []`."},
      {"HA079", "atLeast out of range",
       "`atLeast` asks for fewer than one or for more members than it has.\n"
       "Let n lie between 1 and the number of members.\n"
       "Example: `atLeast: {n: 3, of: [a, b]}`."},
      {"HA080", "name used twice",
       "Two things bear a name by which the spec must tell them apart: nodes and domains in "
       "`pin`, or a component in two releases.\n"
       "Rename one of them; in a release, `null` says that this chart does not deploy the "
       "component.\n"
       "Example: a domain and a node both called a."},
      {"HA081", "plan does not fit the spec",
       "The plan sets something that the spec does not leave open, or to a value outside "
       "its range.\n"
       "Solve the changed spec again, or widen its range.\n"
       "Example: a plan with `replicas: 5` for a spec with `replicas: 1..3`."},
      {"HA083", "unknown load level",
       "`need` can be given per load level, and none has this name.\n"
       "Check the spelling against spec.workload.levels.\n"
       "Example: `need: {pek: 3}` where the level is called peak."},
      {"HA084", "out of bounds",
       "A number that is too small, too large, or on the wrong side of another one; the "
       "message says what holds.\n"
       "Mean times and replicas are positive, minima lie below maxima, requests below "
       "limits; a component on nodes has at most 1000 replicas.\n"
       "Example: `mtbf: 0s`, or `autoscale: {min: 5, max: 3}`."},
      {"HA085", "unknown vertex",
       "A link or a `connected` gate names something that is not under spec.network.vertices.\n"
       "Check the spelling, or add the vertex. Components and nodes are no vertices: what runs "
       "behind a vertex depends on the gate.\n"
       "Example: `connected: [spine, tor1]` without `vertices: {tor1: {}}`."},
      {"HA086", "a link joins two vertices",
       "`between` names exactly the two different vertices that a link joins.\n"
       "Two vertices may be joined by several links, each under a name of its own.\n"
       "Example: `between: [tor1]`, or `between: [tor1, tor1]`."},
      {"HA087", "connected asks for two vertices",
       "A `connected` gate holds when all the vertices that it names can reach each other, so it "
       "names at least two, each once.\n"
       "Add the other end, or remove the gate.\n"
       "Example: `connected: [tor1]`."},
      {"HA088", "budget of something that nothing uses",
       "A name in `budgets` is none of replicas, cost, cpu and memory, and no component or variant "
       "has it in `uses`: "
       "such a limit would hold whatever is chosen.\n"
       "Correct the name, or say who uses how much of it.\n"
       "Example: `budgets: {licences: 10}` with `uses: {licence: 1}`."},
      {"HA089", "name of a budget in uses",
       "replicas, cost, cpu and memory are counted from what runs and what it requests, so a "
       "component cannot say how "
       "much of them it uses.\n"
       "Use another name, or give `resources` and `prices`.\n"
       "Example: `uses: {cost: 5}`; `uses: {money: 5}` with `budgets: {money: 130}` does it."},
      {"HA090", "cost without prices",
       "A budget of cost, or the wish for the least, means nothing while nothing costs anything.\n"
       "Add `prices` of what replicas request, a month.\n"
       "Example: `prices: {cpu: 20, memoryGiB: 3}`."},
      {"HA091", "price of something that nothing requests",
       "A name in `prices` is neither cpu nor memoryGiB nor a resource that some component "
       "requests or some node has.\n"
       "Correct the name; memory is priced by the GiB.\n"
       "Example: `prices: {memory: 3}` for `prices: {memoryGiB: 3}`."},
      {"HA092", "most availability of nothing",
       "`maximize: availability` means the least availability of the services in `objectives`, and "
       "there are none.\n"
       "Name the services; an empty objective is enough.\n"
       "Example: `objectives: {chat: {}}`."},
      {"HA093", "variants that cannot be mixed",
       "With `mix: true` replicas of several variants run together and serve together: their "
       "number is fixed by "
       "`replicas`, not by an autoscaler, and they have either all a throughput or none.\n"
       "A variant's own `replicas` says how many of it there may be.\n"
       "Example: `mix: true` with `autoscale`."},
      {"HA094", "said of a variant, but true of the component",
       "Claims are shared by components, so a variant cannot have another one. Where variants mix, "
       "the same holds for "
       "need, serviceTime, releases and common causes, spread and placement, and for settings that "
       "are left open.\n"
       "Write it at the component.\n"
       "Example: `variants: {small: {storage: {claim: data}}}`."},
  };
}

}  // namespace haplan::planner
