#pragma once

#include <map>
#include <optional>
#include <vector>

#include "solver/counts.hpp"
#include "solver/judge.hpp"
#include "solver/settled_plan.hpp"
#include "solver/sum_watch.hpp"

/// Criterion 3 for one count vector: which settings are feasible, and the gentlest of them.
namespace haplan::solver {

class SettingSearch {
 public:
  SettingSearch(Workbench& bench, const CountVector& counts);

  /// The last solution that any search of this object came across; not the gentlest.
  [[nodiscard]] std::optional<SettledPlan> last_found();

  /// Some settings that meet every objective.
  std::optional<SettledPlan> any();

  /// The gentlest, if it is not worse than `most_checks` by criterion 3a.
  std::optional<SettledPlan> gentlest(double most_checks);

 private:
  struct Found {
    model::Deployment deployment;  ///< settings and a placement
    double checks = 0.0;
    bool sure = false;
    bool inferred = false;  ///< kept because worse settings are
  };
  struct Member {
    model::ComponentId component = 0;
    std::size_t input = 0;
    double pods = 0.0;  ///< at the level of criterion 2
    const OptionSet* set = nullptr;
    std::vector<std::size_t> order;  ///< of options, worth trying first to last
    double least_checks = 0.0;       ///< of its options, all pods
    std::size_t first_effect = 0;    ///< of its own, in effects_
    std::vector<double> best;        ///< the smallest of each of its effects
  };

  void prepare();
  bool load_members(const Allowed& allowed);
  [[nodiscard]] bool possible_alone(std::size_t member, std::size_t option);
  std::optional<Found> exists(const Allowed& allowed, double most_checks);
  std::optional<Found> cheapest(const Allowed& allowed, double most_checks);
  /// No option can keep the availability objectives, not even one that is the best in everything.
  ///   depth  members before it have what is chosen for them
  bool hopeless(std::size_t depth, Look look);
  /// Once in every search, when it turns out not to be over at once.
  bool look_at_all();
  /// judged_availability, from what is known of better and worse settings where that tells.
  bool available(const model::Deployment& settings);
  /// The same by an evaluation of these settings themselves.
  bool judged(const model::Deployment& settings);
  /// An evaluation of the plan says what was inferred of it.
  bool confirmed(const Found& found);
  /// From here on every setting is judged by itself.
  void infer_no_more();
  std::optional<Found> gentlest_found(double most_checks);
  /// What an option does to availability; larger is worse.
  [[nodiscard]] std::vector<double> effects_of(const Member& member, std::size_t option) const;
  void forget_choices();
  /// Worse settings than these, or as bad, missed the availability objectives.
  [[nodiscard]] bool known_to_miss() const;
  bool descend(std::size_t depth, double checks, bool cheapest_wanted);
  bool look_ahead(std::size_t depth);
  /// Of the members' options, in their orders.
  [[nodiscard]] SumWatch watch() const;
  /// The members from `depth` on can keep every service's sum with fewer checks than the best found.
  [[nodiscard]] bool cheaper(std::size_t depth, double checks) const;
  bool accept(double checks);
  [[nodiscard]] model::Deployment selected() const;
  std::optional<model::Deployment> verified(const model::Deployment& settings, bool& sure);
  bool fix(Allowed& allowed, std::size_t decision, const std::vector<double>& preferred,
           double most_checks);
  std::optional<double> largest_feasible(const Allowed& allowed, std::size_t decision,
                                         double most_checks);
  SettledPlan settled(const Found& found) const;

  Workbench& bench_;
  const CountVector& counts_;
  bool usable_ = true;  ///< some placement exists and the counts meet what they decide alone
  int crowd_ = 0;       ///< as in PlacementSpace
  bool headroom_ = false;
  model::Deployment base_;  ///< with these counts, and a placement
  std::vector<Member> members_;
  std::optional<SumWatch> watch_;  ///< of the search that descends
  std::vector<OptionFigures> ideals_;
  std::vector<OptionFigures> first_ideals_;  ///< of the first call
  Selection first_;
  Selection selection_;
  std::vector<std::size_t> chosen_;  ///< per member
  std::vector<double> rest_;         ///< per depth: checks of the members from there on, at least
  static constexpr std::size_t kCostly =
      200;                        ///< choices whose bounds take as long as one evaluation
  std::size_t visited_ = 0;       ///< by descend
  std::size_t begun_ = 0;         ///< the same when this search began
  std::size_t costly_ = kCostly;  ///< so many below one choice are worth a look at the best of them
  std::size_t turned_down_ = 0;   ///< settings in this search
  double most_checks_ = 0.0;
  const Allowed* allowed_ = nullptr;
  std::optional<Found> found_;
  std::optional<Found> witness_;  ///< the last solution
  std::map<std::vector<double>, std::optional<Found>> verdicts_;
  std::map<const OptionSet*, std::vector<std::size_t>>
      possible_;  ///< options that others leave possible
  std::map<const OptionSet*, std::vector<std::size_t>>
      strained_;                 ///< the same, most available first
  std::vector<double> effects_;  ///< of all members: of what is chosen, else the smallest of each
  /// Effects of settings that keep, or miss, the availability objectives.
  std::vector<std::vector<double>> kept_;
  std::vector<std::vector<double>> missed_;
  bool infer_ = true;      ///< kept_ counts
  bool inferred_ = false;  ///< the last answer of available() was drawn from it
  struct Looked {
    bool searched = false;
    bool hopeless = false;
  };
  std::map<std::vector<double>, Looked> hopeless_;
  Suspects suspects_;
  bool looked_ = false;                             ///< in this search, at everything
  bool lost_ = false;                               ///< and nothing can be found
  std::optional<model::PlacementSpace> scheduled_;  ///< absent while pinned components matter
};

}  // namespace haplan::solver
