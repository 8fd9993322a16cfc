#include "planner/explain/glossary.hpp"

namespace haplan::planner {

std::vector<Figure> part_figures() {
  return {
      {"replica", "unavailability of one replica",
       "Share of time in which one replica on a reachable node does not serve: each failure mode "
       "costs its rate times "
       "the mean of all that Kubernetes does about it.",
       "u = sum(lambda D) / (1 + sum(lambda D)), D = detect + stop + start + ready + back-off",
       "specs/MODEL.md 1, model/recovery/replica",
       "components.NAME.replica; services.NAME.importance[].unavailability"},
      {"recovery-law", "distribution of a recovery",
       "Detection and readiness are uniform within a period, the rest is fixed: the sum of the "
       "steps is an exact "
       "distribution with percentiles, a mean and a worst case.",
       "D = U(0,P) + (F-1) max(P,T) + T + stop + start + U(0,R) + (S-1) R",
       "specs/MODEL.md 1 [BHR93], model/recovery/laws", "recoveries[], components.NAME.recovery"},
      {"spurious-kill", "spurious kills",
       "A healthy replica is killed when F liveness checks in a row fail by chance, each with "
       "probability p.",
       "rate = (1-p) p^F / (P (1 - p^F)), outage = min(shutdown, G) + start + ready",
       "specs/MODEL.md 1, model/recovery/replica",
       "components.NAME.replica; causes with mode spurious-kill"},
      {"domain", "unavailability of a node or domain",
       "A node, rack, zone or region alternates between up and down by itself; a node is reachable "
       "when it and all "
       "above it are up.",
       "P(down) = sum(lambda r) / (1 + sum(lambda r))", "specs/MODEL.md 2, model/recovery/domain",
       "cluster.nodes.NAME, cluster.domains.NAME; services.NAME.importance[].unavailability"},
      {"rescheduling", "rescheduling delay",
       "How long after a node's failure the replicas that can move serve again elsewhere, given "
       "headroom and that "
       "nothing else is lost.",
       "tau = nodeDetection + tolerationSeconds + start + ready (+ reattach with network storage)",
       "specs/MODEL.md 2, model/availability/stages", "components.NAME.rescheduling"},
      {"headroom", "headroom",
       "Whether for every single node all movable replicas on it fit on the others, spread rules "
       "kept. Without it no "
       "rescheduling is credited.",
       "yes or no, decided exactly by packing", "specs/MODEL.md 2, model/availability/headroom",
       "headroom"},
      {"drain", "drain of a node",
       "At most one node at a time is drained for maintenance: replicas that cannot move are out "
       "all the time, others "
       "until they run elsewhere.",
       "P(a given node is drained) = perNode / every",
       "specs/MODEL.md 2, model/availability/stages", "cluster.drain; causes of kind drain"},
      {"failover", "unavailability by failovers",
       "Each loss of the primary takes the component down until the failover is done, or the "
       "primary is back by "
       "itself; a failover that does not succeed waits for a person.",
       "u = nu O / (1 + nu O), O = c E[min(T_f, D)] + (1-c) E[min(T_m, D)] weighted by rate",
       "specs/MODEL.md 3, model/recovery/failover",
       "components.NAME.failoverUnavailability; causes of kind failover"},
      {"failover-time", "failover time",
       "Mean and worst time in which the controller promotes another instance, from its settings.",
       "T_f by controller, e.g. patroni ttl + 6.5 s, at worst ttl + loopWait + 10 s",
       "specs/MODEL.md 3, model/recovery/failover",
       "components.NAME.failoverTime; recoveries[] of mode failover"},
      {"common-cause", "common cause",
       "What strikes all replicas of a component at once, a bad release among others; replicas "
       "never help.",
       "u = lambda d / (1 + lambda d)", "specs/MODEL.md 3, model/availability/numbers",
       "components.NAME.commonCause.CAUSE; causes of kind common_cause"},
      {"external", "external service",
       "Somebody else's service: its availability, or mean time between failures and repair.",
       "u = repair / (mtbf + repair), or 1 - availability",
       "specs/MODEL.md 3, model/availability/numbers", "components.NAME; causes of kind external"},
      {"chain", "Markov chain",
       "A component given as states and rates: down outside its serving states in the long run.",
       "u = sum of pi over the states that do not serve",
       "specs/MODEL.md 3, model/markov/steady_state", "components.NAME; causes of kind chain"},
      {"need", "replicas needed",
       "How many replicas must serve at a load level: given, a majority, one primary and its "
       "synchronous standbys, or "
       "what the load takes.",
       "need = max(1, ceil(rate / (throughput * maxUtilization)))",
       "specs/MODEL.md 3, model/system/load", "components.NAME.need"},
      {"load", "request rate",
       "Requests per second that a component sees: a closed level's users over think time and "
       "service times on the "
       "path, an upper bound; the largest over services, or their sum by share.",
       "rate = users / (thinkTime + sum of serviceTime on the path)",
       "specs/MODEL.md 3, model/system/load", "components.NAME.load"},
      {"ramp", "shortage while the load rises",
       "An autoscaled component follows a rising load with a lag, and is short of replicas "
       "meanwhile.",
       "u = min(1, T / (share * every)), T = max(0, rho (L / (rho-1) - r0/s)), rho = "
       "maxUtilization / target",
       "specs/MODEL.md 3, model/availability/numbers", "components.NAME.ramp; causes of kind ramp"},
      {"replicas", "number of replicas",
       "How many replicas run, at each level with autoscaling. The first thing that a plan keeps "
       "small.",
       "clamp(ceil(rate / (throughput * target)), min, max) with autoscaling",
       "specs/MODEL.md 6, solver", "plan.components.NAME.replicas, autoscale"},
      {"probe", "probe setting",
       "Probes decide how soon a hang is seen, how soon a started replica gets requests, and how "
       "often a healthy one "
       "is killed. A plan takes the gentlest that meet every objective.",
       "detect = P/2 + (F-1) max(P,T) + T, at worst P + (F-1) max(P,T) + T",
       "specs/MODEL.md 1 and 6, solver", "plan.components.NAME.probes"},
      {"controller", "setting of a failover controller",
       "Decides how soon a lost primary is replaced. A plan keeps it as near to its default as "
       "objectives allow.",
       "see failover-time", "specs/MODEL.md 3 and 6, solver", "plan.components.NAME.failover"},
      {"toleration", "tolerationSeconds",
       "How long pods stay bound to a node that does not answer: a part of every rescheduling.",
       "tau = nodeDetection + tolerationSeconds + start + ready", "specs/MODEL.md 2 and 6, solver",
       "plan.cluster.tolerationSeconds"},
      {"placement", "placement",
       "The node of every replica at the largest level; smaller levels use the first of them. "
       "Among plans that are "
       "equal otherwise the one with the least unavailability.",
       "smallest sum of unavailability, then the first in order of names",
       "specs/MODEL.md 6, solver", "plan.components.NAME.nodes"},
  };
}

}  // namespace haplan::planner
