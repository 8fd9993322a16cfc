#include <utility>

#include "solver/placement.hpp"
#include "solver/settings.hpp"

/// Whether settings are good enough: what is known already, what a bound tells, and what takes an evaluation.
namespace haplan::solver {

using namespace model;

namespace {

constexpr std::size_t kMostCostly = 100'000;

}  // namespace

bool SettingSearch::hopeless(std::size_t depth, Look look) {
  if (look == Look::suspects && suspects_.empty()) return false;
  if (!scheduled_ || bench_.problem.system.nodes.empty() ||
      bench_.bounds.surely_available(selection_))
    return false;
  std::vector<double> key;
  ComponentNumbers numbers = bench_.before;
  Deployment ideal = base_;
  ideal.toleration_seconds = bench_.toleration(*allowed_);
  key.push_back(ideal.toleration_seconds);
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const Member& member = members_[m];
    const SettingOptions& options = *member.set->settings;
    const OptionFigures& chosen = member.set->figures[m < depth ? chosen_[m] : 0];
    ReplicaModel& replica = numbers.replicas[member.component] =
        m < depth ? options.probes[chosen.probe].replica : ideal_replica(options.probes);
    key.insert(key.end(), {replica.unavailability, replica.start, replica.ready_mean});
    for (const ModeOutage& mode : replica.modes) key.insert(key.end(), {mode.rate, mode.mean});
    const auto fastest =
        m < depth
            ? options.controllers.begin() + static_cast<std::ptrdiff_t>(chosen.controller)
            : std::ranges::min_element(
                  options.controllers, {}, [](const ControllerOption& c) { return c.time.mean; });
    ideal.components[member.component].failover = fastest->settings;
    key.push_back(fastest->time.mean);
    const ComponentSpace& space = bench_.space.components[member.component];
    for (std::size_t i = 0; i < space.counts.size(); ++i)
      assign(ideal, bench_.problem.decisions[space.counts[i]], member.set->choice[i]);
    key.insert(key.end(), member.set->choice.begin(), member.set->choice.end());
  }
  auto [known, fresh] = hopeless_.try_emplace(std::move(key));
  Looked& looked = known->second;
  if (looked.hopeless || (!fresh && (looked.searched || look == Look::suspects)))
    return looked.hopeless;
  ++bench_.meter.work.evaluations;
  looked.searched = look == Look::searched;
  looked.hopeless = exceeds_limits(bench_.problem, bench_.load, ideal, numbers, *scheduled_,
                                   suspects_, look, bench_.meter.asking());
  return looked.hopeless;
}

bool SettingSearch::available(const Deployment& settings) {
  inferred_ = infer_ && std::ranges::any_of(kept_, [&](const std::vector<double>& kept) {
                return std::ranges::equal(effects_, kept, std::ranges::less_equal{});
              });
  if (inferred_) return true;
  const bool available = judged(settings);
  if (!available && bench_.meter.stopped()) return false;  // perhaps cut short: nothing is known
  // Also what was turned down without proof: worse settings would be, too, and are counted by this one.
  (available ? kept_ : missed_).push_back(effects_);
  return available;
}

bool SettingSearch::judged(const Deployment& settings) {
  ++bench_.meter.work.evaluations;
  const auto met =
      judged_availability(bench_.problem, settings, bench_.meter.asking(), bench_.threads);
  if (!met && !bench_.error) bench_.error = met.error();
  return bench_.accepts(met);
}

/// Gentler settings may be known less closely than worse ones, and the plan is held against its own figures.
bool SettingSearch::confirmed(const Found& found) {
  return found.sure || !found.inferred || judged(found.deployment);
}

void SettingSearch::infer_no_more() {
  infer_ = false;
  verdicts_.clear();
  kept_.clear();
  witness_.reset();
}

bool SettingSearch::known_to_miss() const {
  return std::ranges::any_of(missed_, [&](const std::vector<double>& missed) {
    return std::ranges::equal(missed, effects_, std::ranges::less_equal{});
  });
}

bool SettingSearch::look_at_all() {
  if (!std::exchange(looked_, true)) lost_ = hopeless(0, Look::searched);
  return lost_;
}

/// Looks that tell nothing become rare.
bool SettingSearch::look_ahead(std::size_t depth) {
  const bool none = hopeless(depth, Look::searched);
  costly_ = none ? kCostly : std::min(2 * costly_, kMostCostly);
  return none;
}

/// The settings with a placement that meets every objective, from bounds where they suffice.
std::optional<Deployment> SettingSearch::verified(const Deployment& settings, bool& sure) {
  const Problem& problem = bench_.problem;
  const bool surely_available = bench_.bounds.surely_available(selection_);
  const bool good = bench_.bounds.surely_good(selection_);
  sure = surely_available && good;
  if (sure) return settings;
  if (!surely_available && scheduled_) {
    // The scheduler's worst does not depend on the plan's own placement.
    if (!available(settings)) return std::nullopt;
    if (good) return settings;
  }
  const auto acceptable = [&](const Deployment& deployment) {
    ++bench_.meter.work.evaluations;
    const auto met = meets_all(problem, deployment, bench_.meter.asking(), bench_.threads);
    if (!met && !bench_.error) bench_.error = met.error();
    return bench_.accepts(met);
  };
  if (witness_ && witness_->deployment.components.size() == settings.components.size()) {
    Deployment again = settings;
    for (std::size_t c = 0; c < again.components.size(); ++c)
      again.components[c].nodes = witness_->deployment.components[c].nodes;
    if (acceptable(again)) return again;
  } else if (acceptable(settings)) {
    return settings;
  }
  PlacementRequest request{problem, bench_.load, settings, acceptable, bench_.meter.asking()};
  request.any = true;
  const auto answer = best_placement(request);
  if (answer) bench_.meter.work.search_nodes += answer->visited;
  if (!answer && !bench_.error) bench_.error = answer.error();
  // Where not all could be tried, nothing is known of the others.
  if (answer && !answer->best && !answer->complete && !bench_.meter.stopped())
    ++bench_.unknown_verdicts;
  return answer ? answer->best : std::nullopt;
}

}  // namespace haplan::solver
