#include <algorithm>
#include <array>
#include <map>

#include "planner/session/session.hpp"

/// Which numbers of the spec are behind a cause of downtime, and how well they are known.
namespace haplan::planner {

namespace {

using model::Cause;
using model::CauseKind;

/// From the weakest on.
constexpr std::array<const char*, 6> kSources = {"none",       "assumption", "default",
                                                 "literature", "vendor-sla", "measured"};

std::size_t rank_of(const std::string& source) {
  const auto found = std::find(kSources.begin(), kSources.end(), source);
  return found == kSources.end() ? 0 : static_cast<std::size_t>(found - kSources.begin());
}

bool is_estimate(const Value& value) {
  return value.kind == Value::Kind::number || value.kind == Value::Kind::duration ||
         value.kind == Value::Kind::rate || value.kind == Value::Kind::probability;
}

bool has_sources(const Value& value) {
  if (!value.provenance.empty() || value.uncertainty) return true;
  return std::ranges::any_of(value.fields,
                             [](const auto& field) { return has_sources(field.second); }) ||
         std::ranges::any_of(value.items, has_sources);
}

/// Looks up what stands behind causes.
class Sources {
 public:
  Sources(const Value& document, const model::System& system)
      : spec_(document.find("spec")), system_(system) {}

  [[nodiscard]] const char* weakest(const Cause& cause) {
    known_ = kSources.size();
    collect(cause);
    // Without a number of the spec's own, a built-in one counts.
    return known_ == kSources.size() ? "default" : kSources[known_];
  }

 private:
  [[nodiscard]] const Value* at(std::initializer_list<std::string> path) const {
    const Value* value = spec_;
    for (const std::string& name : path) value = value ? value->find(name) : nullptr;
    return value;
  }

  void add(const Value* value) {
    if (!value) return;
    if (is_estimate(*value)) known_ = std::min(known_, rank_of(value->provenance));
    for (const auto& [name, below] : value->fields) add(&below);
    for (const Value& item : value->items) add(&item);
  }

  void add_fields(const Value* map, std::initializer_list<const char*> names) {
    for (const char* name : names) add(map ? map->find(name) : nullptr);
  }

  void add_replica(const std::string& component, const std::string& mode) {
    const std::size_t slash = mode.find('/');
    const std::string variant = mode.substr(0, slash);
    if (at({"components", component, "variants", variant})) {
      // What a variant does not say its component does.
      const std::string own = slash == std::string::npos ? "" : mode.substr(slash + 1);
      if (const Value* given = at({"components", component, "variants", variant, "failures", own}))
        return add(given);
      if (const Value* chance = at({"components", component, "variants", variant, "availability"}))
        return add(chance);
      return add_replica(component, own);
    }
    if (const Value* given = at({"components", component, "failures", mode})) return add(given);
    if (const Value* chance = at({"components", component, "availability"})) return add(chance);
    add(at({"components", component, "probeLatency"}));
    add(at({"components", component, "probes", "liveness", "falseFailure"}));
  }

  /// A failover strikes when an instance or what is under it fails.
  void add_failover(const std::string& component) {
    add_fields(at({"components", component, "failover"}),
               {"detect", "promote", "success", "manual", "switchover"});
    add(at({"components", component, "failures"}));
    add(at({"components", component, "availability"}));
    for (const char* kind : {"nodes", "domains"})
      if (const Value* all = at({"cluster", kind}))
        for (const auto& [name, one] : all->fields) add(one.find("failures"));
  }

  void add_external(const std::string& component) {
    add_fields(at({"components", component}), {"availability", "mtbf", "repair"});
  }

  /// Of a named gate its own time and its first member; of one in a list all that is written there.
  void add_switchover(const std::string& gate) {
    const Value* component = at({"components", gate});
    if (!component) return add(at({"components", gate.substr(0, gate.find(':')), "dependsOn"}));
    add(component->find("switchover"));
    const Value* members = component->find("any");
    if (members && !members->items.empty()) add_external(members->items.front().text);
  }

  void add_claim(const std::string& claim, const std::string& mode) {
    const Value* components = at({"components"});
    if (!components) return;
    for (const auto& [name, component] : components->fields) {
      const Value* used = at({"components", name, "storage", "claim"});
      if (used && used->text == claim) add(at({"components", name, "storage", "failures", mode}));
    }
  }

  void add_node(const std::string& node, const std::string& mode) {
    for (const model::Node& one : system_.nodes)
      if (one.name == node) add(at({"cluster", "nodes", one.pool, "failures", mode}));
  }

  void collect(const Cause& cause) {
    const std::string& subject = cause.subject;
    switch (cause.kind) {
      case CauseKind::replica: return add_replica(subject, cause.mode);
      case CauseKind::node: return add_node(subject, cause.mode);
      case CauseKind::domain:
        return add(at({"cluster", "domains", subject, "failures", cause.mode}));
      case CauseKind::claim: return add_claim(subject, cause.mode);
      case CauseKind::external: return add_external(subject);
      case CauseKind::chain: return add(at({"components", subject, "transitions"}));
      case CauseKind::failover: return add_failover(subject);
      case CauseKind::common_cause:
        if (cause.mode == "releases") return add(at({"components", subject, "releases"}));
        return add(at({"components", subject, "commonCause", cause.mode}));
      case CauseKind::switchover: return add_switchover(subject);
      case CauseKind::ramp:
      case CauseKind::capacity: return add(at({"workload"}));
      case CauseKind::drain: return add(at({"cluster", "maintenance"}));
      case CauseKind::vertex:
        return add(at({"network", "vertices", subject, "failures", cause.mode}));
      case CauseKind::link: return add(at({"network", "links", subject, "failures", cause.mode}));
    }
  }

  const Value* spec_;
  const model::System& system_;
  std::size_t known_ = 0;
};

}  // namespace

std::vector<std::vector<Provenance>> provenance_of(const Lowered& lowered,
                                                   const Assessment& assessment) {
  std::vector<std::vector<Provenance>> services;
  if (!lowered.document || !has_sources(*lowered.document)) return services;
  Sources sources(*lowered.document, lowered.problem.system);
  for (const model::ServiceFigures& figures : assessment.evaluation.services) {
    std::map<std::size_t, double> shares;
    for (const Cause& cause : figures.causes)
      shares[rank_of(sources.weakest(cause))] += cause.share;
    std::vector<Provenance>& service = services.emplace_back();
    for (const auto& [rank, share] : shares)
      if (share > 0.0) service.push_back({.source = kSources[rank], .share = share});
  }
  return services;
}

}  // namespace haplan::planner
