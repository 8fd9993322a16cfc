#include "solver/better_units.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "solver/phrases.hpp"
#include "solver/reliefs.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// As many further replicas, of each variant that may run and of all together; the largest number then. Nothing where
/// the component has none.
std::optional<int> allow_more(Problem& problem, ComponentId c, int more) {
  Component& component = problem.system.components[c];
  if (!component.replicated()) return std::nullopt;
  const auto extend = [more](std::vector<int>& counts) {
    for (int i = 0; i < more; ++i) counts.push_back(counts.back() + 1);
  };
  int most = 0;
  for (VariantChoice& choice : problem.choices) {
    if (choice.component != c) continue;
    for (const std::size_t v : choice.allowed) {
      extend(choice.counts[v]);
      most = std::max(most, choice.counts[v].back());
    }
    if (!component.mix) return most;
    extend(choice.totals);
    return choice.totals.back();
  }
  for (Decision& decision : problem.decisions) {
    if (decision.component != c || decision.setting != Setting::replicas) continue;
    for (int i = 0; i < more; ++i) decision.values.push_back(decision.values.back() + 1.0);
    return static_cast<int>(decision.values.back());
  }
  if (!component.variants.empty()) return std::nullopt;  // one that was picked, in one number
  const int now = problem.before.components[c].replicas;
  Decision decision{.path = "components." + component.name + ".replicas",
                    .component = c,
                    .setting = Setting::replicas,
                    .values = {},
                    .standard = std::nullopt};
  for (int n = now; n <= now + more; ++n) decision.values.push_back(n);
  problem.decisions.push_back(std::move(decision));
  problem.placement_open[c] = true;
  return now + more;
}

/// Each replica is down for so large a part of its time. False: its own failures are none.
bool improve(Component& body, double part) {
  bool any = false;
  if (body.replica_unavailability) {
    any = *body.replica_unavailability > 0.0;
    *body.replica_unavailability *= part;
  }
  for (FailureMode& mode : body.modes) {
    any = any || mode.rate > 0.0;
    mode.rate *= part;
  }
  return any;
}

class Better {
 public:
  Better(const Problem& problem, const SolveOptions& options, const std::set<ComponentId>& reach)
      : problem_(problem), options_(options), reach_(reach) {}

  std::vector<Relief> run() {
    constexpr int kMostMore = 3;
    for (const ComponentId c : reach_)
      for (int more = 1; more <= kMostMore && !more_of({c}, more); ++more) continue;
    for (int more = 1; more <= kMostMore && found_.empty(); ++more) more_of(reach_, more);
    for (const ComponentId c : reach_) better(c);
    return std::move(found_);
  }

 private:
  bool gives_plan(ReliefKind kind, const Problem& changed, const std::string& change) {
    auto relief = solved_relief(kind, changed, change, options_);
    if (relief) found_.push_back(std::move(*relief));
    return relief.has_value();
  }

  /// True: it helps, or there is nothing to have more of.
  bool more_of(const std::set<ComponentId>& components, int more) {
    Problem changed = problem_;
    std::string change;
    for (const ComponentId c : components) {
      const auto most = allow_more(changed, c, more);
      if (!most) continue;
      change = "up to " + std::to_string(*most) + " replicas of " +
               problem_.system.components[c].name + " instead of " + std::to_string(*most - more);
    }
    if (change.empty()) return true;
    if (components.size() > 1)
      change = "up to " + count_text(static_cast<std::size_t>(more), "replica") +
               " more of every component";
    return gives_plan(ReliefKind::replicas, changed, change);
  }

  void better(ComponentId c) {
    for (const auto& [part, words] : std::array<std::pair<double, const char*>, 4>{
             {{0.75, "3/4"}, {0.5, "1/2"}, {0.25, "1/4"}, {0.1, "1/10"}}}) {
      Problem changed = problem_;
      Component& component = changed.system.components[c];
      bool any = component.replicated() && improve(component, part);
      for (Component& variant : component.variants)
        any = (component.replicated() && improve(variant, part)) || any;
      if (!any) return;
      if (gives_plan(
              ReliefKind::unit, changed,
              "replicas of " + component.name + " that fail " + words + " as often as they do"))
        return;
    }
  }

  const Problem& problem_;
  const SolveOptions& options_;
  const std::set<ComponentId>& reach_;
  std::vector<Relief> found_;
};

}  // namespace

std::vector<Relief> better_units(const Problem& problem, const SolveOptions& options,
                                 const std::set<ComponentId>& reach) {
  return Better(problem, options, reach).run();
}

}  // namespace haplan::solver
