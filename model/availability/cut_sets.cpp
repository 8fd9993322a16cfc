#include "model/availability/cut_sets.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "model/availability/elementary.hpp"
#include "model/availability/failure_state.hpp"
#include "model/availability/stages.hpp"
#include "model/base/abandon.hpp"

namespace haplan::model {

namespace {

using Ranks = std::vector<std::pair<std::size_t, int>>;  ///< element and rank, ascending elements

/// All minimal cut sets of one situation above a probability.
class Search {
 public:
  Search(FailureStates& states, const CutSetOptions& options, std::size_t& work)
      : states_(states), options_(options), work_(work), rank_(states.elements().size(), 0) {
    for (std::size_t e = 0; e < rank_.size(); ++e) order_.push_back(e);
    std::ranges::stable_sort(
        order_, [&](std::size_t a, std::size_t b) { return likeliest(a) > likeliest(b); });
  }

  /// False when the work limit was hit.
  bool run(double weight, double least) {
    least_ = least;
    if (tried()) {
      found_.push_back({});
      return true;
    }
    extend(0, weight);
    return work_ < options_.work_limit;
  }

  [[nodiscard]] const std::vector<Ranks>& found() const { return found_; }
  [[nodiscard]] bool pruned() const { return pruned_; }

 private:
  [[nodiscard]] double likeliest(std::size_t e) const {
    return states_.elements()[e].at_least.front();
  }

  [[nodiscard]] bool too_rare(double probability) const {
    return probability < least_ || probability <= 0.0;
  }

  bool tried() {
    ++work_;
    may_abandon();
    return states_.down(rank_, chosen_);
  }

  void extend(std::size_t from, double probability) {
    if (chosen_.size() >= options_.most_events) {
      pruned_ = true;
      return;
    }
    for (std::size_t i = from; i < order_.size() && work_ < options_.work_limit; ++i) {
      const std::size_t e = order_[i];
      const std::vector<double>& at_least = states_.elements()[e].at_least;
      if (too_rare(probability * at_least.front())) {
        pruned_ = true;  // nothing that follows is likelier
        return;
      }
      for (std::size_t r = 0; r < at_least.size(); ++r) {
        if (too_rare(probability * at_least[r])) {
          pruned_ = true;
          break;
        }
        rank_[e] = static_cast<int>(r) + 1;
        chosen_.push_back(e);
        const bool cut = tried();
        if (cut && minimal()) record();
        if (!cut) extend(i + 1, probability * at_least[r]);
        chosen_.pop_back();
        rank_[e] = 0;
        if (cut) break;  // worse ranks hold no less
      }
    }
  }

  /// No failure can be left out or be milder.
  bool minimal() {
    for (const std::size_t e : chosen_) {
      --rank_[e];
      const bool still = tried();
      ++rank_[e];
      if (still) return false;
    }
    return true;
  }

  void record() {
    Ranks set;
    for (const std::size_t e : chosen_) set.emplace_back(e, rank_[e]);
    std::ranges::sort(set);
    found_.push_back(std::move(set));
  }

  FailureStates& states_;
  const CutSetOptions& options_;
  std::size_t& work_;
  double least_ = 0.0;
  std::vector<std::size_t> order_;
  std::vector<int> rank_;
  std::vector<std::size_t> chosen_;
  std::vector<Ranks> found_;
  bool pruned_ = false;
};

/// Unions of cut sets, as functions of the states of elements.
class Unions {
 public:
  explicit Unions(const std::vector<FailureElement>& elements) : elements_(elements) {
    constexpr std::size_t kUnionNodes = 300'000;
    diagram_.limit_size(kUnionNodes);
    for (const FailureElement& element : elements) {
      diagram_.add_variable(static_cast<int>(element.at_least.size()) + 1);
      p_.push_back(1.0 - element.at_least.front());
      for (std::size_t r = 0; r < element.at_least.size(); ++r)
        p_.push_back(element.at_least[r] -
                     (r + 1 < element.at_least.size() ? element.at_least[r + 1] : 0.0));
    }
  }

  Diagram::Ref all_of(const Ranks& set) {
    Diagram::Ref all = Diagram::kTrue;
    for (auto at = set.rbegin(); at != set.rend(); ++at) {
      const auto [e, rank] = *at;
      const std::uint32_t worse = ((1U << (elements_[e].at_least.size() + 1)) - 1U) ^
                                  ((1U << static_cast<unsigned>(rank)) - 1U);
      all = diagram_.conjunction(diagram_.literal(e, worse), all);
    }
    return all;
  }

  /// Once the unions are too large they stay as they are: smaller ones, and bounds on them stay bounds.
  void widen(Diagram::Ref& sum, Diagram::Ref more) {
    if (diagram_.exhausted()) return;
    const Diagram::Ref wider = diagram_.disjunction(sum, more);
    if (!diagram_.exhausted()) sum = wider;
  }

  [[nodiscard]] bool exhausted() const { return diagram_.exhausted(); }

  [[nodiscard]] std::vector<double> probabilities() const {
    std::vector<double> value;
    diagram_.probability(p_, 0.0, value);
    return value;
  }

 private:
  const std::vector<FailureElement>& elements_;
  Diagram diagram_;
  std::vector<double> p_;
};

class Collector {
 public:
  Collector(const System& system, const Deployment& deployment, const Compiled& compiled,
            const Numbers& numbers, const CutSetOptions& options, ServiceId service)
      : system_(system),
        deployment_(deployment),
        compiled_(compiled),
        numbers_(numbers),
        options_(options),
        states_(system, deployment, compiled, numbers, service) {
    std::vector<double> p;
    std::vector<double> value;
    fill_probabilities(compiled, numbers, 1.0, p);
    compiled.diagram.probability(p, 1.0, value);
    total_ = unavailability_of(system, compiled, numbers, value, service, 1.0);
  }

  CutSets run() {
    CutSets result;
    if (total_ <= 0.0) return result;
    auto listed = list();
    if (pruned_) result.remainder = remainder(listed);
    for (auto& [key, set] : listed) result.sets.push_back(std::move(set));
    return result;
  }

  CutsWith with(const std::vector<Elementary::Key>& elements) {
    CutsWith result{std::vector<double>(elements.size(), 0.0), true};
    if (total_ <= 0.0) return result;
    std::map<Elementary::Key, std::size_t> number;
    for (std::size_t i = 0; i < elements.size(); ++i) number[elements[i]] = i;
    Unions unions(states_.elements());
    std::vector<std::map<const Situation*, Diagram::Ref>> covered(elements.size());
    for (const auto& [key, set] : list()) {
      std::set<std::size_t> here;
      for (const CutEvent& event : set.events)
        // What a drained node changes is more than the sets that are minimal only then.
        if (const auto found = number.find({event.kind, event.subject, event.mode});
            found != number.end() && event.kind != CauseKind::drain)
          here.insert(found->second);
      for (const std::size_t i : here) cover(unions, *key, covered[i]);
    }
    const std::vector<double> value = unions.probabilities();
    for (std::size_t i = 0; i < elements.size(); ++i)
      for (const auto& [world, function] : covered[i])
        result.probability[i] += weight_of(*world) * value[function];
    result.complete = !pruned_ && !unions.exhausted();
    return result;
  }

 private:
  using Key = std::pair<NodeId, Ranks>;  ///< kOut when no drain is needed
  struct Entry {
    std::set<LevelId> levels;
    double probability = 0.0;
    std::set<const Situation*> worlds;
  };
  using Listed = std::vector<std::pair<const Key*, CutSet>>;

  /// The most probable sets, descending.
  Listed list() {
    double least = std::max(options_.least_share, 0.0) * total_;
    while (!collect(least) && least <= 1.0) least = least > 0.0 ? least * 10.0 : 1e-12 * total_;
    pruned_ = pruned_ || least > 1.0;
    Listed listed;
    for (const auto& [key, entry] : entries_) listed.emplace_back(&key, describe(key, entry));
    std::ranges::stable_sort(listed, [](const auto& a, const auto& b) {
      return a.second.probability > b.second.probability;
    });
    if (listed.size() > options_.most_sets) {
      listed.resize(options_.most_sets);
      pruned_ = true;
    }
    return listed;
  }

  [[nodiscard]] double weight_of(const Situation& world) const {
    return system_.levels[world.level].share * drain_weight(numbers_, world, 1.0);
  }

  bool collect(double least) {
    entries_.clear();
    pruned_ = false;
    std::size_t work = 0;
    for (const Situation& world : compiled_.worlds) {
      if (world.before) continue;
      states_.enter(world);
      Search search(states_, options_, work);
      if (!search.run(weight_of(world), least)) return false;
      pruned_ = pruned_ || search.pruned();
      for (const Ranks& set : search.found()) enter(world, set);
    }
    return true;
  }

  /// Situations without a drain come first in each level.
  void enter(const Situation& world, const Ranks& set) {
    NodeId drained = world.drained;
    const auto plain = entries_.find({kOut, set});
    if (plain != entries_.end() && plain->second.levels.contains(world.level)) drained = kOut;
    Entry& entry = entries_[{drained, set}];
    entry.levels.insert(world.level);
    entry.worlds.insert(&world);
    double probability = weight_of(world);
    for (const auto& [e, rank] : set)
      probability *= states_.elements()[e].at_least[static_cast<std::size_t>(rank) - 1];
    entry.probability += probability;
  }

  [[nodiscard]] CutSet describe(const Key& key, const Entry& entry) const {
    CutSet set{{}, {entry.levels.begin(), entry.levels.end()}, entry.probability};
    if (key.first != kOut)
      set.events.push_back({CauseKind::drain, system_.nodes[key.first].name, "", "", 0.0});
    for (const auto& [e, rank] : key.second) set.events.push_back(event_of(e, rank));
    return set;
  }

  [[nodiscard]] CutEvent event_of(std::size_t e, int rank) const {
    const FailureElement& element = states_.elements()[e];
    CutEvent event{element.kind, "", element.mode, "", 0.0};
    switch (element.kind) {
      case CauseKind::domain: event.subject = system_.domains[element.subject].name; break;
      case CauseKind::claim: event.subject = system_.claims[element.subject].name; break;
      case CauseKind::vertex: event.subject = system_.network.vertices[element.subject].name; break;
      case CauseKind::link: event.subject = system_.network.links[element.subject].name; break;
      case CauseKind::switchover:
        event.subject = compiled_.structure.switchovers[element.subject].gate;
        break;
      case CauseKind::node: {
        event.subject = system_.nodes[element.subject].name;
        if (rank > 1)
          event.within = compiled_.failure_stages[element.subject]
                             .bounds[element.at_least.size() - static_cast<std::size_t>(rank)];
        break;
      }
      default: event.subject = system_.components[element.subject].name;
    }
    const std::vector<NodeId>* const nodes = element.kind == CauseKind::replica
                                                 ? &deployment_.components[element.subject].nodes
                                                 : nullptr;
    if (nodes != nullptr && !nodes->empty())
      event.node = system_.nodes[(*nodes)[static_cast<std::size_t>(element.index)]].name;
    return event;
  }

  /// U - P(union of the listed sets), one union per situation.
  [[nodiscard]] double remainder(const Listed& listed) const {
    Unions unions(states_.elements());
    std::map<const Situation*, Diagram::Ref> covered;
    for (const auto& [key, set] : listed) cover(unions, *key, covered);
    const std::vector<double> value = unions.probabilities();
    double left = total_;
    for (const auto& [world, function] : covered) left -= weight_of(*world) * value[function];
    return std::max(left, 0.0);
  }

  void cover(Unions& unions, const Key& key,
             std::map<const Situation*, Diagram::Ref>& covered) const {
    const Diagram::Ref all = unions.all_of(key.second);
    for (const Situation* world : entries_.at(key).worlds)
      unions.widen(covered.try_emplace(world, Diagram::kFalse).first->second, all);
  }

  const System& system_;
  const Deployment& deployment_;
  const Compiled& compiled_;
  const Numbers& numbers_;
  const CutSetOptions& options_;
  FailureStates states_;
  double total_ = 0.0;
  bool pruned_ = false;
  std::map<Key, Entry> entries_;
};

}  // namespace

CutsWith listed_cuts_with(const System& system, const Deployment& deployment,
                          const Compiled& compiled, const Numbers& numbers,
                          const CutSetOptions& options, ServiceId service,
                          const std::vector<Elementary::Key>& elements) {
  return Collector(system, deployment, compiled, numbers, options, service).with(elements);
}

Result<std::vector<CutSets>> minimal_cut_sets(const System& system, const Deployment& deployment,
                                              const CutSetOptions& options) {
  const Result<Quantified> all = quantify(system, deployment);
  if (!all) return tl::unexpected(all.error());
  if (all->compiled.network_bounded)
    return tl::unexpected(
        Error{Fault::budget_exhausted, "the network is too large to list what cuts it", "network"});
  std::vector<CutSets> result;
  for (ServiceId s = 0; s < system.services.size(); ++s)
    result.push_back(Collector(system, deployment, all->compiled, all->numbers, options, s).run());
  return result;
}

}  // namespace haplan::model
