#include <cmath>

#include <nlohmann/json.hpp>

#include "planner/certificate/facts.hpp"
#include "planner/certificate/lines.hpp"
#include "planner/certificate/words.hpp"

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

json nodes_of(const model::System& system, const std::vector<model::NodeId>& nodes) {
  json names = json::array();
  for (const model::NodeId node : nodes) names.push_back(system.nodes.at(node).name);
  return names;
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
json entry_of(const Problem&, const RankReason& reason) {
  return {{"rank", rank_of(reason.least)}};
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
json entry_of(const Problem&, const PlacementsReason& reason) {
  return {{"placements", reason.placements}};
}
json entry_of(const Problem&, const OpenReason& reason) {
  return {{"open", rank_of(reason.least)}};
}

}  // namespace

std::string head_line(const Problem& problem, const std::string& system,
                      const CertificateHead& head) {
  json out = {{"apiVersion", "haplan.dev/v1alpha1"},
              {"kind", "Certificate"},
              {"formatVersion", "1.0"},
              {"system", system},
              {"claim", head.has_plan ? "nothing better" : "nothing at all"},
              {"criteria", {"replicas", "resources"}},
              {"notClaimed", {"settings", "placement"}},
              {"facts", json::parse(facts_of(problem))},
              {"witness", json::object()}};
  if (head.has_plan) {
    out["plan"] = plan_of(problem, head.plan);
    out["rank"] = rank_of(head.rank);
  }
  for (model::ComponentId c = 0; c < head.witness.size(); ++c)
    if (!head.witness[c].empty())
      out["witness"][problem.system.components[c].name] = nodes_of(problem.system, head.witness[c]);
  return line_of(out);
}

std::string entry_line(const Problem& problem, const CertificateEntry& entry) {
  return line_of(std::visit([&](const auto& what) { return entry_of(problem, what); }, entry));
}

std::string end_line(const Proved& proved) {
  json end = {{"splits", proved.splits}, {"boxes", proved.boxes}, {"open", proved.open}};
  if (proved.least_open) end["nothingBefore"] = rank_of(*proved.least_open);
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
  return out.dump();
}

}  // namespace haplan::planner
