#include "solver/refused_counts.hpp"

#include <algorithm>
#include <limits>

namespace haplan::solver {

namespace {

std::vector<double> limits_of(const Problem& problem) {
  std::vector<double> limits;
  for (const Objective& objective : problem.objectives)
    limits.push_back(
        objective.max_unavailability.value_or(std::numeric_limits<double>::infinity()));
  return limits;
}

Problem plain(Problem problem) {
  problem.budgets.clear();
  problem.prices.clear();
  problem.minimize.clear();
  problem.maximize_availability = false;
  // How much downtime a window may see depends on the limit; otherwise it is compared where it is used.
  for (Objective& objective : problem.objectives)
    if (!objective.max_window_miss) objective.max_unavailability.reset();
  return problem;
}

}  // namespace

std::optional<RefusedCounts::Question> RefusedCounts::question(const Problem& problem) {
  constexpr std::size_t kMost = 16;
  Problem subject = plain(problem);
  // What differs mostly is small.
  const auto known = std::ranges::find_if(subjects_, [&](const Problem& other) {
    return other.decisions == subject.decisions && other.before == subject.before &&
           other == subject;
  });
  const auto number = static_cast<std::size_t>(known - subjects_.begin());
  if (number == kMost) return std::nullopt;
  if (number == subjects_.size()) {
    subjects_.push_back(std::move(subject));
    limits_.emplace_back();
  }
  return Question{number, limits_of(problem)};
}

bool RefusedCounts::knows(const Question& question, const std::vector<std::size_t>& counts) const {
  const auto& of_subject = limits_[question.subject];
  const auto known = of_subject.find(counts);
  return known != of_subject.end() &&
         std::ranges::equal(question.limits, known->second, std::ranges::less_equal{});
}

void RefusedCounts::add(const Question& question, const std::vector<std::size_t>& counts) {
  constexpr std::size_t kMost = 200'000;
  auto& of_subject = limits_[question.subject];
  if (of_subject.size() < kMost) of_subject.insert_or_assign(counts, question.limits);
}

}  // namespace haplan::solver
