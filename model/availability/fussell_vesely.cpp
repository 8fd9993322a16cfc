#include <algorithm>
#include <map>
#include <optional>

#include "model/availability/elementary.hpp"

namespace haplan::model {

namespace {

/// Weighted functions whose probabilities are asked for once the diagram is complete.
using Terms = std::vector<std::pair<double, Diagram::Ref>>;

class Unions {
 public:
  Unions(const System& system, const Compiled& compiled, const Numbers& numbers,
         Elementary& elementary, ServiceId service)
      : system_(system), elementary_(elementary) {
    for (const Situation& world : compiled.worlds) {
      if (world.before) continue;
      const Diagram::Ref down = elementary.down(world, service);
      const double weight = system.levels[world.level].share * drain_weight(numbers, world, 1.0);
      weights_[down] += weight;
      if (world.drained == kOut)
        undrained_[world.level] = down;
      else
        drains_[world.drained].push_back({weight, world.level, down});
      if (elementary.exhausted()) return;
    }
  }

  /// Cut sets that contain the element, over all situations.
  Terms with(const Importance& element) {
    Terms terms;
    if (element.kind == CauseKind::drain) return with_drain(element.subject);
    const std::vector<std::size_t> variables =
        elementary_.variables_of({element.kind, element.subject, element.mode});
    for (const auto& [down, weight] : weights_) {
      if (elementary_.exhausted()) break;
      terms.emplace_back(weight, elementary_.cut_with(down, variables));
    }
    return terms;
  }

 private:
  struct Drained {
    double weight = 0.0;
    LevelId level = 0;
    Diagram::Ref down = Diagram::kFalse;
  };

  /// What takes the service down during the drain and would not without it.
  Terms with_drain(const std::string& node) {
    Terms terms;
    for (const auto& [drained, states] : drains_) {
      if (system_.nodes[drained].name != node) continue;
      for (const Drained& state : states) {
        if (elementary_.exhausted()) break;
        Diagram& diagram = elementary_.diagram();
        const Diagram::Ref only =
            diagram.conjunction(state.down, diagram.negation(undrained_.at(state.level)));
        terms.emplace_back(state.weight, elementary_.closure(only));
      }
    }
    return terms;
  }

  const System& system_;
  Elementary& elementary_;
  std::map<Diagram::Ref, double> weights_;
  std::map<LevelId, Diagram::Ref> undrained_;
  std::map<NodeId, std::vector<Drained>> drains_;
};

/// P(a minimal cut set with the element holds), per element; nothing where the diagram is too large.
std::vector<std::optional<double>> exactly(const System& system, const Deployment& deployment,
                                           const Compiled& compiled, const Numbers& numbers,
                                           std::size_t node_limit, ServiceId service,
                                           const std::vector<Importance>& elements) {
  std::vector<std::optional<double>> result(elements.size());
  Elementary elementary(system, deployment, compiled, numbers, node_limit);
  if (elementary.exhausted()) return result;
  Unions unions(system, compiled, numbers, elementary, service);
  std::vector<Terms> terms;
  for (const Importance& element : elements) terms.push_back(unions.with(element));
  if (elementary.exhausted()) return result;
  const std::vector<double> probability = elementary.probabilities(1.0);
  const std::vector<double> least = elementary.probabilities(0.0);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    double cuts = 0.0;
    bool known = true;
    for (const auto& [weight, function] : terms[i]) {
      cuts += weight * probability[function];
      known = known && least[function] == probability[function];
    }
    if (known) result[i] = cuts;
  }
  return result;
}

/// Lower ends from the cut sets that are listed.
void raise(const System& system, const Deployment& deployment, const Compiled& compiled,
           const Numbers& numbers, const CutSetOptions& options, ServiceId service, double total,
           std::vector<Importance>& elements) {
  std::vector<Elementary::Key> keys;
  for (const Importance& element : elements)
    keys.emplace_back(element.kind, element.subject, element.mode);
  const CutsWith listed =
      listed_cuts_with(system, deployment, compiled, numbers, options, service, keys);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    Estimate& interval = *elements[i].fussell_vesely;
    if (interval.method == Method::exact) continue;
    const double covered = std::min(listed.probability[i] / total, interval.upper);
    if (listed.complete && elements[i].kind != CauseKind::drain)
      interval = Estimate::exactly(covered);
    else
      interval.lower = std::max(interval.lower, covered);
  }
}

}  // namespace

void add_fussell_vesely(const System& system, const Deployment& deployment,
                        const Compiled& compiled, const Numbers& numbers,
                        const ImportanceOptions& options,
                        std::vector<std::vector<Importance>>& services) {
  std::vector<double> p;
  std::vector<double> value;
  fill_probabilities(compiled, numbers, 1.0, p);
  compiled.diagram.probability(p, 1.0, value);
  for (ServiceId s = 0; s < services.size(); ++s) {
    if (services[s].empty()) continue;
    if (options.node_limit == 0) {
      for (Importance& element : services[s]) element.fussell_vesely.reset();
      continue;
    }
    const double total = unavailability_of(system, compiled, numbers, value, s, 1.0);
    const auto known =
        exactly(system, deployment, compiled, numbers, options.node_limit, s, services[s]);
    bool all = true;
    for (std::size_t i = 0; i < known.size(); ++i) {
      all = all && known[i].has_value();
      if (known[i]) services[s][i].fussell_vesely = Estimate::exactly(*known[i] / total);
    }
    // A network that is too large has no list of what cuts it.
    if (!all && !compiled.network_bounded)
      raise(system, deployment, compiled, numbers, options.cut_sets, s, total, services[s]);
  }
}

}  // namespace haplan::model
