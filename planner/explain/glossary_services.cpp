#include "planner/explain/glossary.hpp"

namespace haplan::planner {

std::vector<Figure> service_figures() {
  return {
      {"unavailability", "unavailability",
       "Long-run share of time in which a service is down. Every state of zones, nodes, claims, "
       "components and common "
       "causes counts with its probability, shared ones once; load levels and drains are a "
       "mixture. Where exact is too "
       "costly it is the upper end of a proved interval.",
       "U = sum over situations of weight * P(down, given the situation)",
       "specs/MODEL.md 4, model/availability/evaluate",
       "services.NAME.unavailability (a probability, with lower, upper and method)"},
      {"availability", "availability",
       "Long-run share of time in which a service is up. Computed from the unavailability, so that "
       "many nines keep "
       "their digits.",
       "A = 1 - U", "specs/MODEL.md 4, model/availability/evaluate",
       "services.NAME.availability (text)"},
      {"downtime", "downtime",
       "The unavailability in time: what is lost in an average year of 365.25 days, or in 30 days.",
       "downtime = U * 31557600 s a year", "specs/MODEL.md 5, model/availability/evaluate",
       "services.NAME.downtimeSecondsPerYear, downtimeSecondsPer30Days"},
      {"textbook", "textbook unavailability",
       "The figure that takes every component as independent: in the same structure function each "
       "component is one "
       "variable, shared nodes are not seen as shared, nothing is rescheduled or drained. It can "
       "err either way.",
       "U_textbook = P(structure down), each component down with 1 - prod(1 - a * P(reachable)) or "
       "k of n likewise",
       "specs/MODEL.md 4, model/availability/independent",
       "services.NAME.independentUnavailability, independentErrorMinutesPerYear"},
      {"guaranteed", "guaranteed unavailability",
       "The largest exact unavailability over all placements that the rules in the written files "
       "allow: the scheduler "
       "breaks ties at random. It judges availability objectives unless the placement is pinned.",
       "U_guaranteed = max over allowed placements of U",
       "specs/MODEL.md 4, model/availability/guarantee",
       "services.NAME.guaranteedUnavailability, guaranteed"},
      {"values-only", "unavailability with the values files only",
       "The guaranteed figure when the patch is not applied: only rules that Helm values carry "
       "count.",
       "U_values = max over placements that the values allow of U",
       "specs/MODEL.md 4, model/availability/guarantee",
       "services.NAME.valuesOnlyUnavailability, valuesOnly"},
      {"outage-frequency", "outage frequency",
       "How often a service goes down: the sum over all elementary up-to-down events (replica, "
       "node, domain, claim, "
       "factor, external, start of a drain, entry of a level) of their rate times the probability "
       "that they take it "
       "down.",
       "nu = sum over events of rate * P(it takes the service down)",
       "specs/MODEL.md 5, model/availability/frequency", "services.NAME.outagesPerYear"},
      {"mean-outage", "mean outage", "How long an outage lasts on average.", "mean outage = U / nu",
       "specs/MODEL.md 5, model/availability/frequency", "services.NAME.meanOutageSeconds"},
      {"causes", "downtime by cause",
       "The unavailability divided among its causes after Aumann and Shapley: what each "
       "contributes when all of them "
       "grow together from nothing. Within a replica or domain it is split over modes by rate "
       "times outage. The shares "
       "add up.",
       "share_i = u_i * integral over t from 0 to 1 of dU/du_i (t * u)",
       "specs/MODEL.md 5 [AS74], model/availability/causes", "services.NAME.causes[]"},
      {"birnbaum", "Birnbaum importance",
       "How much the unavailability grows per unit of an element's own: the probability that the "
       "element decides.",
       "B_i = dU/du_i", "specs/MODEL.md 5 [Bir69], model/availability/importance",
       "services.NAME.importance[].birnbaum"},
      {"criticality", "criticality importance",
       "The share of the downtime that would go, to first order, if the element never failed.",
       "C_i = u_i * dU/du_i / U", "specs/MODEL.md 5 [RC03], model/availability/importance",
       "services.NAME.importance[].criticality"},
      {"risk-achievement-worth", "risk achievement worth",
       "How many times as large the downtime is when the element is always down (RAW).",
       "RAW_i = U(u_i = 1) / U", "specs/MODEL.md 5 [RC03], model/availability/importance",
       "services.NAME.importance[].riskAchievementWorth"},
      {"risk-reduction-worth", "risk reduction worth",
       "How many times as small the downtime is when the element never fails (RRW); infinite when "
       "nothing else takes "
       "the service down.",
       "RRW_i = U / U(u_i = 0)", "specs/MODEL.md 5 [RC03], model/availability/importance",
       "services.NAME.importance[].riskReductionWorth"},
      {"fussell-vesely", "Fussell-Vesely importance",
       "The share of the downtime in which some minimal cut set with the element holds. Other sets "
       "may hold as well, so "
       "the shares of all elements do not add up to one.",
       "FV_i = P(union of the minimal cut sets that contain i) / U",
       "specs/MODEL.md 5 [RC03], model/availability/importance",
       "services.NAME.importance[].fussellVesely"},
      {"cut-sets", "minimal cut sets",
       "The fewest failures that together take a service down, most probable first. Those left out "
       "are bounded "
       "together.",
       "remainder = U - P(union of the sets listed)",
       "specs/MODEL.md 5, model/availability/cut_sets", "services.NAME.minimalCutSets"},
      {"recovery-time", "recovery time",
       "The worst automatic recovery of any replica that the service can depend on: hangs and "
       "exits; not what is "
       "repaired by hand, spurious kills or the back-off of restarts.",
       "max over components and modes of detect + stop + start + ready, worst cases",
       "specs/MODEL.md 5, model/availability/service_levels",
       "services.NAME.recovery.worstSeconds"},
      {"node-loss", "time to recover from the loss of a node",
       "Worst time until the service is up again after a node is lost: nothing if enough remains, "
       "the worst failover "
       "for a primary, rescheduling for what can move given headroom, else the node's mean repair "
       "(marked isMean).",
       "max over what the service requires of 0, worst T_f, worst tau, or the mean repair",
       "specs/MODEL.md 5, model/availability/losses", "services.NAME.nodeLosses[].secondsUntilUp"},
      {"loss-drill", "loss drill",
       "The same for every other single loss: a zone, a replica, a primary, an external service; "
       "with the time until "
       "traffic avoids what is lost and the share of requests that fail meanwhile.",
       "as node-loss; traffic avoids a lost node after nodeDetection + propagation",
       "specs/MODEL.md 5, model/availability/losses", "services.NAME.losses[], haplan drill"},
      {"recovery-curve", "recovery curve",
       "The probability that the service is up so long after a loss, everything else being up.",
       "P(up at t) = structure function with P(component back by t)",
       "specs/MODEL.md 5, model/availability/curve",
       "haplan drill: curve, checkpoints, secondsUntilUpQuantiles"},
      {"error-ratio", "error ratio",
       "Share of requests that fail: all of them while the service is down, and those that meet a "
       "dead replica until "
       "traffic avoids it.",
       "sum over levels of weight * (U_level + sum of rate * share * window * (1 - retry))",
       "specs/MODEL.md 5, model/availability/service_levels", "services.NAME.errorRatio"},
      {"response-time", "response time",
       "Mean time of a request over the path, by level. Closed load by exact mean-value analysis, "
       "each station a queue "
       "and a delay after Seidmann; open load by M/M/m.",
       "m = n * max(1, ceil(throughput * serviceTime)) servers; without throughput a pure delay",
       "specs/MODEL.md 5 [RL80] [Sei87], model/queueing/response",
       "services.NAME.worstResponseTimeSeconds, levels.LEVEL.responseTimeSeconds"},
      {"data-loss", "data loss",
       "What a failover can lose: the replication lag of an asynchronous standby, nothing with a "
       "synchronous one or "
       "with a single instance.",
       "max over primaries on which the service can depend of lag",
       "specs/MODEL.md 3 and 5, model/availability/service_levels",
       "services.NAME.dataLossSeconds"},
      {"window", "downtime within a window",
       "Approximate: the service is up for exponential times and down by the law of its outages, "
       "which "
       "follows from P(down by failures that are all at least so old). Gives the probability that "
       "a "
       "downtime budget is kept, and the 99th percentile.",
       "outages longer than t per second = - d/dt P(down by failures of age >= t)",
       "specs/MODEL.md 5 [Tak57], model/availability/window", "services.NAME.window"},
      {"objective", "objective",
       "What the spec asks of a service, with the figure that is held against it. Availability is "
       "judged by the "
       "guaranteed figure, or by the plan's own placement where that is pinned.",
       "met when actual <= target", "specs/MODEL.md 6, solver/objectives",
       "objectives[], services.NAME.met"},
  };
}

}  // namespace haplan::planner
