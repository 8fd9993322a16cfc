#include <cmath>

#include "model/simulate/process.hpp"

/// What happened, in words: read off the state before and after the event.
namespace haplan::model {

namespace {

/// "4.2 s", "12.5 min", "3.1 h": one digit after the point.
std::string spell(double seconds) {
  const char* unit = " s";
  double value = seconds;
  if (seconds >= 7200.0) {
    value = seconds / 3600.0;
    unit = " h";
  } else if (seconds >= 120.0) {
    value = seconds / 60.0;
    unit = " min";
  }
  const auto tenths = static_cast<long long>(std::llround(value * 10.0));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + unit;
}

std::string replica_name(const Layout& layout, std::uint32_t r, std::uint32_t place) {
  const Replica& replica = layout.replicas[r];
  std::string name =
      layout.system.components[replica.component].name + "[" + std::to_string(replica.index) + "]";
  if (place != kNowhere) name += " on " + layout.system.nodes[place].name;
  return name;
}

std::string element_name(const Layout& layout, const Element& element, std::uint32_t place) {
  const System& system = layout.system;
  switch (element.kind) {
    case Element::Kind::replica: return replica_name(layout, element.subject, place);
    case Element::Kind::node: return "node " + system.nodes[element.subject].name;
    case Element::Kind::domain:
      return system.domains[element.subject].level + " " + system.domains[element.subject].name;
    case Element::Kind::claim: return "claim " + system.claims[element.subject].name;
    case Element::Kind::vertex: return "vertex " + system.network.vertices[element.subject].name;
    case Element::Kind::link: return "link " + system.network.links[element.subject].name;
    case Element::Kind::external: return system.components[element.subject].name;
    case Element::Kind::factor: break;
  }
  const ComponentFactor& factor = layout.factors[element.subject];
  if (factor.component == kNowhere) return factor.name + " (switchover)";
  return system.components[factor.component].name + " (" + factor.name + ")";
}

}  // namespace

void Process::traced(std::uint32_t slot) {
  const std::vector<int> serving = serving_;
  const std::vector<int> need = need_;
  const std::vector<int> count = count_;
  const std::vector<std::uint8_t> services = service_up_;
  const LevelId level = level_;
  const std::uint32_t drained = drained_;
  TraceEvent event{.time = now()};
  dispatch(slot);
  if (slot == slots_.window) return;
  const System& system = layout_->system;
  describe(slot, level, drained, event);
  for (ComponentId c = 0; c < serving.size(); ++c) {
    if (serving[c] == serving_[c] && need[c] == need_[c] && count[c] == count_[c]) continue;
    if (!event.effect.empty()) event.effect += ", ";
    event.effect += system.components[c].name + " " + std::to_string(serving_[c]) + " of " +
                    std::to_string(count_[c]) + " serve, needs " + std::to_string(need_[c]);
  }
  for (ServiceId s = 0; s < services.size(); ++s) {
    if (services[s] == service_up_[s]) continue;
    (service_up_[s] != 0 ? event.up : event.down).push_back(system.services[s].name);
  }
  sink_(event);
}

void Process::describe(std::uint32_t slot, LevelId level, std::uint32_t drained,
                       TraceEvent& event) const {
  const Layout& layout = *layout_;
  const System& system = layout.system;
  if (slot < slots_.chains) {
    const Element& element = layout.elements[slot];
    const bool is_replica = element.kind == Element::Kind::replica;
    event.entity = element_name(layout, element, is_replica ? place_[element.subject] : kNowhere);
    event.what = "recovers";
    if (up_[slot] != 0) return;
    const std::string& mode = layout.mode_names[layout.modes[last_mode_].name];
    event.what = "fails" + (mode.empty() ? "" : " (" + mode + ")") + ", out for " +
                 spell(clocks_.at(slot) - now_);
  } else if (slot < slots_.ages) {
    const Component& component = system.components[layout.chains[slot - slots_.chains]];
    event.entity = component.name;
    event.what = "is now " + component.chain->states[chain_state_[slot - slots_.chains]];
  } else if (slot < slots_.ramps) {
    const std::uint32_t node = slot - slots_.ages;
    event.entity = "node " + system.nodes[node].name;
    event.what = credited_ == node
                     ? "has been down long enough for replicas to run elsewhere"
                     : "has been down long enough for replicas to move, but may not lose them";
  } else if (slot < slots_.primaries) {
    const Ramp& ramp = layout.ramps[slot - slots_.ramps];
    event.entity = system.components[ramp.component].name;
    event.what = ramp_short_[slot - slots_.ramps] != 0 ? "falls behind the rising load"
                                                       : "has caught up with the load";
  } else if (slot < slots_.pods) {
    const std::uint32_t k = slot - slots_.primaries;
    event.entity = system.components[layout.primaries[k].component].name;
    event.what = recovering_[k] != 0 ? "has no instance left to be primary"
                                     : "has a new primary: " +
                                           replica_name(layout, primary_[k], place_[primary_[k]]);
  } else if (slot < slots_.level_up) {
    const std::uint32_t r = slot - slots_.pods;
    event.entity = replica_name(layout, r, place_[r]);
    event.what = due_[r] != 0              ? "must not be replaced yet"
                 : pod_[r] == Pod::running ? "is ready"
                 : pod_[r] == Pod::starting
                     ? "is created anew, starts in " + spell(clocks_.at(slot) - now_)
                     : "finds no node";
  } else if (slot == slots_.drain) {
    event.entity = "drain of " + system.nodes[drained != kNowhere ? drained : drain_turn_].name;
    event.what = drained_ == kNowhere && drained == kNowhere ? "waits for lost nodes"
                 : drained == kNowhere                       ? "begins"
                 : drained_ == kNowhere                      ? "ends"
                                        : "goes on: replicas are ready elsewhere";
  } else {
    event.entity = "load";
    event.what = slot == slots_.ramp_step ? "rises"
                                          : "changes from " + system.levels[level].name + " to " +
                                                system.levels[level_].name;
  }
}

}  // namespace haplan::model
