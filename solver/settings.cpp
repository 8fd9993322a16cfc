#include "solver/settings.hpp"

#include <algorithm>
#include <limits>

#include "solver/judge.hpp"
#include "solver/placed_sums.hpp"
#include "solver/placement.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

std::vector<double> descending(const std::vector<double>& values) {
  return {values.rbegin(), values.rend()};
}

/// How far from feasible an option leaves the best case, for the order of search only.
double strain(const Workbench& bench, const Selection& selection) {
  double sum = 0.0;
  for (const Objective& o : bench.problem.objectives) {
    if (o.max_unavailability && *o.max_unavailability > 0.0)
      sum += bench.bounds.availability_low(o, selection, 0) / *o.max_unavailability;
    if (o.max_error_ratio && *o.max_error_ratio > 0.0)
      sum += bench.bounds.error_ratio(o, selection).low / *o.max_error_ratio;
  }
  return sum;
}

}  // namespace

SettingSearch::SettingSearch(Workbench& bench, const CountVector& counts)
    : bench_(bench), counts_(counts), base_(bench.problem.before) {
  prepare();
}

void SettingSearch::prepare() {
  const Problem& problem = bench_.problem;
  for (const ComponentId c : bench_.replicated) {
    const ComponentSpace& space = bench_.space.components[c];
    const CountOption& option = space.options[counts_.option[c]];
    for (std::size_t i = 0; i < space.counts.size(); ++i)
      assign(base_, problem.decisions[space.counts[i]], option.choices.front()[i]);
    Member member;
    member.component = c;
    member.input = bench_.input_of(c);
    member.pods = option.replicas[counts_.level];
    members_.push_back(member);
  }
  if (!counts_suffice(problem, bench_.load, base_)) {
    usable_ = false;
    return;
  }
  const auto placed = any_placement(problem, bench_.load, base_, bench_.meter.asking());
  if (!placed) {
    usable_ = false;
    return;
  }
  base_ = *placed;
  const PlacementSpace own = own_space(problem, bench_.load, base_);
  const PlacementSpace scheduled =
      placement_space(problem.system, bench_.load, base_, problem.rules,
                      pinned_components(problem.system, problem.rules));
  crowd_ = scheduled.crowd;
  const bool pinned = std::ranges::any_of(bench_.functions.inputs, [&](ComponentId c) {
    return problem.system.components[c].pinned && problem.rules[c].pinned;
  });
  if (!pinned) scheduled_ = scheduled;
  // Pinned components may move to any of their own placements: both spaces have to be safe.
  headroom_ = own.always_headroom && scheduled.always_headroom;
}

bool SettingSearch::load_members(const Allowed& allowed) {
  ideals_.assign(bench_.functions.inputs.size(), {});
  selection_.assign(ideals_.size(), nullptr);
  for (Member& member : members_) {
    member.set =
        &bench_.options(member.component, counts_.option[member.component], allowed, headroom_);
    if (member.set->figures.empty()) return false;
    if (member.input < ideals_.size()) selection_[member.input] = &member.set->ideal;
  }
  // Ideals only of options that are possible when all others are ideal.
  for (std::size_t m = 0; m < members_.size(); ++m) {
    Member& member = members_[m];
    // What is impossible beside everything that the others could choose at first stays so.
    const auto [known, fresh] = possible_.try_emplace(member.set);
    if (fresh)
      for (std::size_t o = 0; o < member.set->figures.size(); ++o)
        if (possible_alone(m, o)) known->second.push_back(o);
    member.order = known->second;
    if (member.order.empty()) return false;
    member.least_checks = kUnlimited;
    std::vector<OptionFigures> left;
    for (const std::size_t o : member.order) {
      const OptionFigures& figures = member.set->figures[o];
      member.least_checks = std::min(member.least_checks, member.pods * figures.checks);
      left.push_back(figures);
    }
    if (member.input == ideals_.size()) continue;
    ideals_[member.input] = ideal_of(left);
    selection_[member.input] = &ideals_[member.input];
  }
  if (first_.empty()) {
    first_ideals_ = ideals_;
    for (std::size_t i = 0; i < selection_.size(); ++i)
      first_.push_back(selection_[i] == nullptr ? nullptr : &first_ideals_[i]);
  }
  rest_.assign(members_.size() + 1, 0.0);
  for (std::size_t m = members_.size(); m-- > 0;)
    rest_[m] = rest_[m + 1] + members_[m].least_checks;
  chosen_.assign(members_.size(), 0);
  return true;
}

/// Beside the ideals of the first call, which had all values; in that call beside what it has found so far.
bool SettingSearch::possible_alone(std::size_t member, std::size_t option) {
  const std::size_t input = members_[member].input;
  if (input == ideals_.size()) return true;
  Selection& beside = first_.empty() ? selection_ : first_;
  const OptionFigures* ideal = beside[input];
  beside[input] = &members_[member].set->figures[option];
  const bool possible = !bench_.bounds.impossible(beside, crowd_);
  beside[input] = ideal;
  return possible;
}

std::optional<SettingSearch::Found> SettingSearch::exists(const Allowed& allowed,
                                                          double most_checks) {
  found_.reset();
  if (!usable_ || !load_members(allowed)) return std::nullopt;
  for (Member& member : members_) {
    if (member.order.size() < 2 || member.input == ideals_.size()) continue;
    const auto [known, fresh] = strained_.try_emplace(member.set);
    if (!fresh) {
      member.order = known->second;
      continue;
    }
    std::vector<double> strains(member.set->figures.size(), 0.0);
    for (const std::size_t o : member.order) {
      selection_[member.input] = &member.set->figures[o];
      strains[o] = strain(bench_, selection_);
    }
    selection_[member.input] = &ideals_[member.input];
    std::ranges::stable_sort(member.order, {}, [&](std::size_t o) { return strains[o]; });
    known->second = member.order;
  }
  allowed_ = &allowed;
  // Where something is found already it is probably found again.
  looked_ = !witness_;
  lost_ = false;
  if (hopeless(0, witness_ ? Look::suspects : Look::searched)) return std::nullopt;
  most_checks_ = most_checks;
  watch_.emplace(watch());
  forget_choices();
  begun_ = visited_;
  turned_down_ = 0;
  descend(0, 0.0, false);
  if (found_) witness_ = found_;
  return found_;
}

std::optional<SettingSearch::Found> SettingSearch::cheapest(const Allowed& allowed,
                                                            double most_checks) {
  std::optional<Found> best = exists(allowed, most_checks);
  if (!best) return std::nullopt;
  for (Member& member : members_)
    std::ranges::stable_sort(member.order, {},
                             [&](std::size_t o) { return member.set->figures[o].checks; });
  found_ = best;
  most_checks_ = fewer_checks(best->checks);
  watch_.emplace(watch());
  looked_ = true;
  descend(0, 0.0, true);
  witness_ = found_;
  return found_;
}

SumWatch SettingSearch::watch() const {
  SumLists lists;
  std::vector<SettingList> open;
  for (const Member& member : members_) {
    open.push_back({member.component, member.set, &member.order});
    lists.inputs.push_back(member.input);
    auto& options = lists.options.emplace_back();
    auto& costs = lists.costs.emplace_back();
    for (const std::size_t o : member.order) {
      options.push_back(&member.set->figures[o]);
      costs.push_back({member.pods * options.back()->checks, 0});
    }
    lists.extras.emplace_back(options.size(), 0);
  }
  Deployment base = base_;
  base.toleration_seconds = bench_.toleration(*allowed_);
  std::vector<Additive> placed;
  if (scheduled_) placed = placed_sums(bench_, base, *scheduled_, open);
  return {bench_.problem, bench_.bounds, selection_, lists, 0, crowd_, placed};
}

bool SettingSearch::cheaper(std::size_t depth, double checks) const {
  constexpr double kRounding = 1e-9;  // frontiers take what is as close for equal
  return watch_->promising(depth, 0, [&](const RankCost& rest) {
    return checks + rest.mean * (1.0 - kRounding) <= most_checks_;
  });
}

std::vector<double> SettingSearch::effects_of(const Member& member, std::size_t option) const {
  const OptionFigures& figures = member.set->figures[option];
  const auto& own = member.set->settings->probes[figures.probe].effects;
  std::vector<double> effects(own.begin() + 1, own.end());  // checks do not matter here
  effects.push_back(member.set->settings->controllers[figures.controller].time.mean);
  const ComponentSpace& space = bench_.space.components[member.component];
  for (std::size_t i = 0; i < space.counts.size(); ++i)
    if (bench_.problem.decisions[space.counts[i]].setting == Setting::autoscale_target)
      effects.push_back(member.set->choice[i]);
  return effects;
}

void SettingSearch::forget_choices() {
  effects_.assign(1, static_cast<double>(bench_.toleration(*allowed_)));
  for (Member& member : members_) {
    member.first_effect = effects_.size();
    member.best.clear();
    for (const std::size_t o : member.order) {
      const std::vector<double> own = effects_of(member, o);
      if (member.best.empty()) member.best = own;
      for (std::size_t i = 0; i < own.size(); ++i)
        member.best[i] = std::min(member.best[i], own[i]);
    }
    effects_.insert(effects_.end(), member.best.begin(), member.best.end());
  }
}

/// True: a solution was found and no further one is wanted.
bool SettingSearch::descend(std::size_t depth, double checks, bool cheapest_wanted) {
  if (checks + rest_[depth] > most_checks_) return false;
  if (!cheaper(depth, checks)) return false;
  if (!bench_.meter.spend()) return false;
  ++visited_;
  if (visited_ - begun_ >= kCostly && look_at_all()) return false;
  if (known_to_miss() || bench_.bounds.impossible(selection_, crowd_)) return false;
  if (depth == members_.size()) {
    if (!accept(checks)) {
      // One verdict is usually that of the best settings, and a look costs as much.
      if (++turned_down_ > 2) look_at_all();
      return false;
    }
    if (cheapest_wanted) most_checks_ = fewer_checks(checks);
    return !cheapest_wanted;
  }
  const Member& member = members_[depth];
  bool costly = false;  // the choice before took longer than a look at the best of what is below
  for (std::size_t i = 0; i < member.order.size(); ++i) {
    const std::size_t o = member.order[i];
    const OptionFigures& figures = member.set->figures[o];
    chosen_[depth] = o;
    watch_->choose(depth, i);
    if (member.input < ideals_.size()) selection_[member.input] = &figures;
    const auto own = effects_.begin() + static_cast<std::ptrdiff_t>(member.first_effect);
    std::ranges::copy(effects_of(member, o), own);
    const std::size_t before = visited_;
    const bool done = !(costly && look_ahead(depth + 1)) &&
                      descend(depth + 1, checks + member.pods * figures.checks, cheapest_wanted);
    costly = visited_ - before >= costly_;
    std::ranges::copy(member.best, own);
    if (member.input < ideals_.size()) selection_[member.input] = &ideals_[member.input];
    if (done || lost_ || bench_.meter.stopped()) return done;
  }
  return false;
}

Deployment SettingSearch::selected() const {
  Deployment deployment = base_;
  deployment.toleration_seconds = bench_.toleration(*allowed_);
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const Member& member = members_[m];
    const OptionFigures& figures = member.set->figures[chosen_[m]];
    ComponentPlan& plan = deployment.components[member.component];
    const ComponentSpace& space = bench_.space.components[member.component];
    for (std::size_t i = 0; i < space.counts.size(); ++i)
      assign(deployment, bench_.problem.decisions[space.counts[i]], member.set->choice[i]);
    plan.probes = member.set->settings->probes[figures.probe].probes;
    plan.failover = member.set->settings->controllers[figures.controller].settings;
  }
  return deployment;
}

bool SettingSearch::accept(double checks) {
  const Deployment settings = selected();
  std::vector<double> key;
  for (const Decision& decision : bench_.problem.decisions)
    key.push_back(assigned(settings, decision));
  auto [known, fresh] = verdicts_.try_emplace(std::move(key));
  if (fresh) {
    bool sure = false;
    inferred_ = false;
    if (auto placed = verified(settings, sure))
      known->second = Found{*placed, checks, sure, inferred_};
  }
  if (!known->second) return false;
  found_ = known->second;
  return true;
}

std::optional<SettledPlan> SettingSearch::any() {
  const Allowed allowed = all_values(bench_.problem);
  auto found = exists(allowed, kUnlimited);
  if (found && !confirmed(*found)) {
    infer_no_more();
    found = exists(allowed, kUnlimited);
  }
  if (!found) return std::nullopt;
  return settled(*found);
}

std::optional<SettledPlan> SettingSearch::last_found() {
  if (!witness_ || !confirmed(*witness_)) return std::nullopt;
  return settled(*witness_);
}

/// Restricts a decision to the first of its preferred values that stays feasible.
bool SettingSearch::fix(Allowed& allowed, std::size_t decision,
                        const std::vector<double>& preferred, double most_checks) {
  if (allowed[decision].size() == 1) return true;
  for (const double value : preferred) {
    if (std::ranges::count(allowed[decision], value) == 0) continue;
    const std::vector<double> before = std::exchange(allowed[decision], {value});
    const bool known =
        witness_ && assigned(witness_->deployment, bench_.problem.decisions[decision]) == value;
    if (known || exists(allowed, most_checks)) return true;
    allowed[decision] = before;
    if (bench_.meter.stopped()) return false;
  }
  return false;
}

/// The largest value that stays feasible, where smaller ones are feasible too: by bisection.
std::optional<double> SettingSearch::largest_feasible(const Allowed& allowed, std::size_t decision,
                                                      double most_checks) {
  const std::vector<double>& values = allowed[decision];
  Allowed trial = allowed;
  const auto feasible = [&](std::size_t i) {
    trial[decision] = {values[i]};
    return exists(trial, most_checks).has_value();
  };
  if (feasible(values.size() - 1)) return values.back();
  std::size_t low = 0;  // feasible: the witness has it or a larger one
  std::size_t high = values.size() - 1;
  while (high - low > 1) {
    const std::size_t middle = (low + high) / 2;
    (feasible(middle) ? low : high) = middle;
    if (bench_.meter.stopped()) return std::nullopt;
  }
  return values[low];
}

std::optional<SettledPlan> SettingSearch::gentlest(double most_checks) {
  auto found = gentlest_found(most_checks);
  if (found && !confirmed(*found)) {
    infer_no_more();
    found = gentlest_found(most_checks);
  }
  if (!found) return std::nullopt;
  return settled(*found);
}

std::optional<SettingSearch::Found> SettingSearch::gentlest_found(double most_checks) {
  const Problem& problem = bench_.problem;
  Allowed allowed = all_values(problem);
  const auto cheapest_found = cheapest(allowed, as_many_checks(most_checks));
  if (!cheapest_found || bench_.meter.stopped()) return std::nullopt;
  const double checks = as_many_checks(cheapest_found->checks);
  for (const std::size_t d : thresholds_in_order(problem))
    if (!fix(allowed, d, descending(allowed[d]), checks)) return std::nullopt;
  for (std::size_t d = 0; d < problem.decisions.size(); ++d) {
    const Decision& decision = problem.decisions[d];
    std::vector<double> preferred = by_nearness(decision);
    if (allowed[d].size() > 4 && smaller_is_better(problem, decision)) {
      const auto most = largest_feasible(allowed, d, checks);
      if (!most) return std::nullopt;
      std::erase_if(preferred, [&](double value) { return value > *most; });
    }
    if (!fix(allowed, d, preferred, checks)) return std::nullopt;
  }
  return exists(allowed, checks);
}

SettledPlan SettingSearch::settled(const Found& found) const {
  return settled_plan(bench_.problem, found.deployment, found.checks, found.sure);
}

}  // namespace haplan::solver
