#include "solver/allocation/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"

namespace haplan::solver::allocation {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// What is better by less than this, relatively, is not looked for: equal figures differ by roundings.
constexpr double kEqual = 4e-13;

struct Node {
  Box box;
  Multipliers multipliers;
  double bound = 0.0;  ///< Kind::goals: of the parent's objective
};

/// Leaves a subsystem the rows from first to below last.
void restrict(Box& box, std::size_t subsystem, std::uint32_t first, std::uint32_t last) {
  const std::uint32_t end = box.begin[subsystem + 1];
  box.rows.erase(box.rows.begin() + last, box.rows.begin() + end);
  box.rows.erase(box.rows.begin() + box.begin[subsystem], box.rows.begin() + first);
  const std::uint32_t fewer = (end - last) + (first - box.begin[subsystem]);
  for (std::size_t j = subsystem + 1; j < box.begin.size(); ++j) box.begin[j] -= fewer;
}

class Search {
 public:
  Search(const Problem& problem, const Request& request, model::StopMeter& meter, Work& work,
         const Sink& sink)
      : problem_(problem),
        request_(request),
        table_(problem, request.candidates),
        relaxation_(problem, table_),
        meter_(meter),
        work_(work),
        sink_(sink) {
    bars_.amounts = request.amounts;
    bars_.goals.resize(problem.goals.size());
    for (std::size_t s = 0; s < bars_.goals.size(); ++s)
      bars_.goals[s] = largest_within(request.goals[s]);
    limits_ = bars_;
  }

  Found run() {
    if (request_.start) accept(*request_.start);
    tighten();
    open_.push_back({whole_box(table_), relaxation_.start()});
    const Propose propose = [this](const std::vector<std::uint32_t>& rows) { consider(rows); };
    Closed closed;
    if (sink_)
      closed = [this](const Box& box, Fate fate, const Multipliers& multipliers) {
        sink_({table_, box, fate, bars_, multipliers});
      };
    while (!open_.empty() && !enough()) {
      if (meter_.stopped()) break;
      visit(propose, closed);
    }
    found_.complete = open_.empty() || enough();
    found_.bound = found_.best ? found_.value * (1.0 - kEqual) : kInfinity;
    for (const Node& node : open_) found_.bound = std::min(found_.bound, node.bound);
    return std::move(found_);
  }

 private:
  void visit(const Propose& propose, const Closed& closed) {
    Node node = std::move(open_.back());
    open_.pop_back();
    ++work_.boxes;
    const double before = relaxation_.operations();
    const Relaxed relaxed = relaxation_.run(node.box, bars_, node.multipliers, propose, closed);
    const double spent = relaxation_.operations() - before;
    work_.operations += spent;
    meter_.spend(spent);
    if (relaxed.fate != Fate::open) {
      if (sink_) sink_({table_, node.box, relaxed.fate, bars_, node.multipliers});
      return;
    }
    node.bound = std::max(node.bound, bound_of(relaxed));
    Node upper = node;
    restrict(node.box, relaxed.branch, node.box.begin[relaxed.branch], relaxed.at);
    restrict(upper.box, relaxed.branch, relaxed.at, upper.box.begin[relaxed.branch + 1]);
    open_.push_back(std::move(node));
    open_.push_back(std::move(upper));
  }

  /// What an excess proves of the objective; nothing where other limits have a part in it.
  [[nodiscard]] double bound_of(const Relaxed& relaxed) const {
    const Objective& objective = request_.objective;
    if (objective.kind != Objective::Kind::goals || bars_.vacuous || objective.goals.size() != 1 ||
        limited_)
      return 0.0;
    const double bar = bars_.goals[objective.goals[0]];
    const Goal& goal = problem_.goals[objective.goals[0]];
    const double value =
        tangent_is_logarithmic(problem_, goal, bar)
            ? bar * std::exp(relaxed.excess)
            : goal.terms[0].weight *
                  -std::expm1((relaxed.excess + 1.0) * std::log1p(-bar / goal.terms[0].weight));
    return value / objective.scales[0];
  }

  [[nodiscard]] bool enough() const {
    if (!found_.best) return false;
    return request_.objective.kind == Objective::Kind::any || !(found_.value > 0.0) ||
           (request_.objective.kind == Objective::Kind::goals &&
            found_.value <= largest_within(request_.objective.enough));
  }

  void consider(const std::vector<std::uint32_t>& rows) {
    Choice choice(rows.size());
    for (std::size_t j = 0; j < rows.size(); ++j) choice[j] = table_.column(rows[j]);
    if (accept(choice)) tighten();
  }

  /// Keeps a choice when it is better and keeps the limits.
  bool accept(const Choice& choice) {
    work_.operations += static_cast<double>(4 * choice.size());
    const auto sums = amounts_of(problem_, choice);
    for (std::size_t r = 0; r < sums.size(); ++r)
      if (sums[r] > limits_.amounts[r]) return false;
    const Objective& objective = request_.objective;
    double value = 0.0;
    if (objective.kind == Objective::Kind::amount) {
      value = static_cast<double>(sums[objective.amount]);
      if (found_.best && value >= found_.value) return false;
    }
    std::vector<double> figures(problem_.goals.size());
    for (std::size_t s = 0; s < figures.size(); ++s) {
      if (std::isinf(limits_.goals[s]) && !std::ranges::count(objective.goals, s)) continue;
      figures[s] = unavailability_of(problem_, problem_.goals[s], choice);
      if (figures[s] > limits_.goals[s]) return false;
    }
    if (objective.kind == Objective::Kind::goals) {
      for (std::size_t i = 0; i < objective.goals.size(); ++i)
        value = std::max(value, figures[objective.goals[i]] / objective.scales[i]);
      if (found_.best && value >= found_.value) return false;
    }
    found_.best = choice;
    found_.value = value;
    return true;
  }

  /// What a better choice has to keep.
  void tighten() {
    const Objective& objective = request_.objective;
    limited_ = false;
    if (objective.kind == Objective::Kind::goals) {
      bars_.vacuous = false;
      for (std::size_t i = 0; i < objective.goals.size(); ++i) {
        const std::size_t s = objective.goals[i];
        double better = 1.0;
        if (objective.enough > 0.0)
          better = std::min(better, largest_within(objective.enough) * objective.scales[i]);
        if (found_.best)
          better = std::min(better, found_.value * (1.0 - kEqual) * objective.scales[i]);
        bars_.goals[s] = std::min(limits_.goals[s], better);
        if (bars_.goals[s] >= 1.0) bars_.vacuous = true;
      }
      for (std::size_t s = 0; s < bars_.goals.size(); ++s)
        if (!std::isinf(bars_.goals[s]) && !std::ranges::count(objective.goals, s)) limited_ = true;
    } else if (objective.kind == Objective::Kind::amount && found_.best) {
      bars_.amounts[objective.amount] =
          std::min(limits_.amounts[objective.amount], static_cast<std::int64_t>(found_.value) - 1);
    }
  }

  const Problem& problem_;
  const Request& request_;
  Table table_;
  Relaxation relaxation_;
  model::StopMeter& meter_;
  Work& work_;
  const Sink& sink_;
  Bars limits_;  ///< of the request
  Bars bars_;
  bool limited_ = false;
  std::vector<Node> open_;
  Found found_;
};

}  // namespace

Found search(const Problem& problem, const Request& request, model::StopMeter& meter, Work& work,
             const Sink& sink) {
  HAPLAN_EXPECTS(request.amounts.size() == problem.limits.size());
  HAPLAN_EXPECTS(request.goals.size() == problem.goals.size());
  HAPLAN_EXPECTS(request.candidates.size() == problem.subsystems.size());
  return Search(problem, request, meter, work, sink).run();
}

}  // namespace haplan::solver::allocation
