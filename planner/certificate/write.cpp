#include <cmath>

#include <nlohmann/json.hpp>

#include "planner/certificate/facts.hpp"
#include "planner/certificate/lines.hpp"
#include "planner/certificate/words.hpp"
#include "solver/picks.hpp"

namespace haplan::planner {

namespace {

using nlohmann::json;
using namespace solver;

std::string line_of(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

json rank_of(const CountRank& rank) {
  return {{"peakReplicas", rank.peak},
          {"meanReplicas", rank.mean},
          {"cpuMillicores", rank.cpu},
          {"memoryMillibytes", rank.memory}};
}

/// With costs where they are minimised.
json rank_of(const Problem& problem, const CountRank& rank) {
  json out = rank_of(rank);
  if (!counts_costs(problem)) return out;
  out["peakCost"] = rank.peak_cost;
  out["meanCost"] = rank.mean_cost;
  return out;
}

/// Names of the variants that are picked.
json picks_of(const Problem& problem, const std::vector<std::size_t>& picks) {
  json out = json::object();
  for (std::size_t i = 0; i < picks.size(); ++i) {
    const model::Component& component =
        problem.system.components.at(problem.choices.at(i).component);
    out[component.name] = component.variants.at(picks[i]).name;
  }
  return out;
}

json nodes_of(const model::System& system, const std::vector<model::NodeId>& nodes) {
  json names = json::array();
  for (const model::NodeId node : nodes) names.push_back(system.nodes.at(node).name);
  return names;
}

json witness_of(const model::System& system,
                const std::vector<std::vector<model::NodeId>>& witness) {
  json out = json::object();
  for (model::ComponentId c = 0; c < witness.size(); ++c)
    if (!witness[c].empty()) out[system.components[c].name] = nodes_of(system, witness[c]);
  return out;
}

json plan_of(const Problem& problem, const model::Deployment& plan) {
  json out = {{"decisions", json::object()}, {"nodes", json::object()}};
  for (const Decision& decision : problem.decisions)
    out["decisions"][decision.path] = assigned(plan, decision);
  for (model::ComponentId c = 0; c < plan.components.size(); ++c)
    if (problem.system.components[c].replicated())
      out["nodes"][problem.system.components[c].name] =
          nodes_of(problem.system, plan.components[c].nodes);
  return out;
}

json entry_of(const Problem& problem, const Split& split) {
  return {{"split", problem.decisions.at(split.decision).path}, {"at", split.at}};
}
json entry_of(const Problem& problem, const RankReason& reason) {
  return {{"rank", rank_of(problem, reason.least)}};
}
json entry_of(const Problem&, const RoomReason&) { return {{"room", false}}; }
json entry_of(const Problem& problem, const MissReason& reason) {
  json out = {{"misses", word_of(kLimits, reason.limit)},
              {"service", problem.system.services.at(reason.service).name},
              {"basis", word_of(kBases, reason.basis)}};
  if (reason.component) out["component"] = problem.system.components.at(*reason.component).name;
  if (std::isinf(reason.figure)) {
    out["figure"] = nullptr;
    out["figureIsInfinite"] = true;
  } else {
    out["figure"] = reason.figure;
  }
  return out;
}
json entry_of(const Problem& problem, const SeriesReason& reason) {
  const auto named = [&](const std::vector<std::size_t>& replicas) {
    json counts = json::object();
    for (model::ComponentId c = 0; c < replicas.size(); ++c)
      if (replicas[c] > 0) counts[problem.system.components.at(c).name] = replicas[c];
    return counts;
  };
  json out = {{"series", problem.system.services.at(reason.service).name},
              {"ownNodes", named(reason.hosts.own)},
              {"sharedNodes", named(reason.hosts.shared)},
              {"figure", reason.figure}};
  if (!reason.scattered.empty()) out["scattered"] = witness_of(problem.system, reason.scattered);
  if (reason.budget) out["keeps"] = problem.budgets.at(*reason.budget).name;
  return out;
}
json entry_of(const Problem&, const PlacementsReason& reason) {
  return {{"placements", reason.placements}};
}
json entry_of(const Problem& problem, const OpenReason& reason) {
  return {{"open", rank_of(problem, reason.least)}};
}
json entry_of(const Problem& problem, const BudgetReason& reason) {
  return {{"budget", problem.budgets.at(reason.budget).name}, {"least", reason.least}};
}
json entry_of(const Problem& problem, const PickEntry& entry) {
  return {{"variants", picks_of(problem, entry.picks)},
          {"witness", witness_of(problem.system, entry.witness)},
          {"scattered", witness_of(problem.system, entry.scattered)}};
}
json entry_of(const Problem&, const QuestionEntry& entry) { return {{"question", entry.question}}; }
json entry_of(const Problem& problem, const WaySplit& split) {
  return {{"ways", problem.system.components.at(split.component).name}, {"at", split.at}};
}
json entry_of(const Problem&, const SiftEntry& entry) {
  return {{"sift",
           {{"measures", entry.weights.measures},
            {"goals", entry.weights.goals},
            {"place", entry.weights.place}}}};
}
json entry_of(const Problem&, const WorseReason& reason) {
  return {{"worse", reason.objective}, {"figure", reason.figure}};
}

/// What a spec with variants, budgets, prices or goals of its own is known by besides.
void add_wishes(const Problem& problem, json& out) {
  for (const VariantChoice& choice : problem.choices) {
    const model::Component& component = problem.system.components.at(choice.component);
    json& about = out["variants"][component.name];
    for (const std::size_t v : choice.allowed)
      about["counts"][component.variants.at(v).name] = choice.counts.at(v);
    about["totals"] = choice.totals;
  }
  for (const Budget& budget : problem.budgets)
    out["budgets"][budget.name] = {budget.limit.num, budget.limit.den};
  if (counts_costs(problem))
    for (const auto& [name, price] : problem.prices) out["prices"][name] = {price.num, price.den};
  if (counts_costs(problem))
    for (const Preference what : problem.minimize)
      out["minimize"].push_back(what == Preference::cost ? "cost" : "replicas");
  if (problem.maximize_availability) out["maximize"] = "availability";
}

}  // namespace

namespace {

/// What is proved to be best, in order; the rest of the preference is not.
json criteria_of(const Problem& problem, CertificateForm form) {
  json out = json::array();
  if (problem.maximize_availability) out.push_back("availability");
  if (problem.maximize_availability && form != CertificateForm::ways) return out;
  for (const Preference what : problem.minimize)
    out.push_back(what == Preference::cost ? "cost" : "replicas");
  if (form == CertificateForm::ways && out.back() == "cost") out.push_back("replicas");
  if (form == CertificateForm::ways || !counts_costs(problem)) out.push_back("resources");
  return out;
}

void add_plan(const Problem& problem, const CertificateHead& head, json& out) {
  if (head.worst) out["unavailability"] = *head.worst;
  switch (head.form) {
    case CertificateForm::boxes: out["plan"] = plan_of(problem, head.plan); break;
    case CertificateForm::picks:
      out["plan"] = plan_of(picked_problem(problem, head.picks), head.plan);
      out["plan"]["variants"] = picks_of(problem, head.picks);
      break;
    case CertificateForm::ways:
      for (model::ComponentId c = 0; c < head.counts.size(); ++c)
        out["plan"]["replicas"][problem.system.components.at(c).name] = head.counts[c];
      return;
  }
  out["rank"] = rank_of(problem, head.rank);
}

}  // namespace

std::string head_line(const Problem& problem, const std::string& system,
                      const CertificateHead& head) {
  json out = {{"apiVersion", "haplan.dev/v1alpha1"},
              {"kind", "Certificate"},
              {"formatVersion", "1.4"},
              {"system", system},
              {"form", word_of(kForms, head.form)},
              {"claim", head.has_plan ? "nothing better" : "nothing at all"},
              {"criteria", criteria_of(problem, head.form)},
              {"notClaimed", {"settings", "placement"}},
              {"facts", json::parse(facts_of(problem))},
              {"witness", witness_of(problem.system, head.witness)},
              {"scattered", witness_of(problem.system, head.scattered)}};
  if (head.has_plan) add_plan(problem, head, out);
  return line_of(out);
}

std::string entry_line(const Problem& problem, const CertificateEntry& entry) {
  return line_of(std::visit([&](const auto& what) { return entry_of(problem, what); }, entry));
}

std::string end_line(const Problem& problem, const Proved& proved) {
  json end = {{"splits", proved.splits}, {"boxes", proved.boxes}, {"open", proved.open}};
  if (proved.least_open) end["nothingBefore"] = rank_of(problem, *proved.least_open);
  return line_of({{"end", end}});
}

std::string facts_of(const Problem& problem) {
  json out = {{"decisions", json::object()}, {"limits", json::array()}};
  for (const Decision& decision : problem.decisions)
    out["decisions"][decision.path] = decision.values;
  for (const Objective& objective : problem.objectives) {
    const auto limit = [&](LimitKind kind, const std::optional<double>& most) {
      if (most)
        out["limits"].push_back({{"service", problem.system.services.at(objective.service).name},
                                 {"field", word_of(kLimits, kind)},
                                 {"most", *most}});
    };
    limit(LimitKind::availability, objective.max_unavailability);
    limit(LimitKind::error_rate, objective.max_error_ratio);
    limit(LimitKind::recovery_time, objective.max_recovery_time);
    limit(LimitKind::response_time, objective.max_response_time);
    limit(LimitKind::loss_node, objective.max_node_loss);
    limit(LimitKind::loss_zone, objective.max_zone_loss);
    limit(LimitKind::loss_replica, objective.max_replica_loss);
    limit(LimitKind::loss_primary, objective.max_primary_loss);
    limit(LimitKind::data_loss, objective.max_data_loss);
  }
  add_wishes(problem, out);
  return out.dump();
}

}  // namespace haplan::planner
