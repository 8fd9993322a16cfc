#include "solver/allocation/tangent.hpp"

#include <algorithm>
#include <cmath>

namespace haplan::solver::allocation {

namespace {

/// A goal that cannot fail, as a multiple of its bar: less than any limit.
constexpr double kNever = -1e6;
/// For the contact of a part that always fails: -log(1 - u) has a tangent only below 1.
constexpr double kLargestPart = 0.999;

}  // namespace

bool tangent_is_logarithmic(const Problem& problem, const Goal& goal, double bar) {
  return goal.terms.size() != 1 || bar / goal.terms[0].weight >= 1.0 ||
         problem.structures[goal.terms[0].structure].parts.size() < 2;
}

Tangents::Tangents(const Problem& problem)
    : problem_(problem),
      n_(problem.subsystems.size()),
      down_(problem.worlds * n_),
      up_(problem.worlds * n_),
      flow_down_(n_),
      flow_up_(n_) {}

void Tangents::at(const Contact& contact, const Goal& goal, double bar, Tangent& tangent) {
  tangent.down.assign(problem_.worlds * n_, 0.0);
  tangent.up.assign(problem_.worlds * n_, 0.0);
  contact_ = &contact;
  for (const Term& term : goal.terms)
    for (std::size_t k = term.world * n_; k < (term.world + 1) * n_; ++k) {
      down_[k] = std::exp(contact.log_down[k]);
      up_[k] = std::exp(contact.log_up[k]);
    }
  if (tangent_is_logarithmic(problem_, goal, bar))
    whole(goal, bar, tangent);
  else
    parts(problem_.structures[goal.terms[0].structure], goal.terms[0].world,
          bar / goal.terms[0].weight, tangent);
}

/// log U - log bar.
void Tangents::whole(const Goal& goal, double bar, Tangent& tangent) {
  double sum = 0.0;
  std::size_t depth = 0;
  for (const Term& term : goal.terms) {
    const Questions& questions = problem_.structures[term.structure].whole;
    const double part = term.weight * flow(questions, term.world);
    depth = std::max(depth, questions.depth);
    if (!(part > 0.0)) continue;
    sum += part;
    for (std::size_t j = 0; j < n_; ++j) {
      tangent.down[term.world * n_ + j] += part * flow_down_[j];
      tangent.up[term.world * n_ + j] += part * flow_up_[j];
    }
  }
  if (!(sum > 0.0)) {
    std::ranges::fill(tangent.down, 0.0);
    std::ranges::fill(tangent.up, 0.0);
    tangent.constant = kNever;
    tangent.size = -kNever;
    tangent.roundings = 1.0;
    return;
  }
  double constant = std::log(sum) - std::log(bar);
  double size = std::abs(std::log(sum)) + std::abs(std::log(bar)) + 1.0;
  for (std::size_t k = 0; k < tangent.down.size(); ++k) {
    tangent.down[k] /= sum;
    tangent.up[k] /= sum;
    const double down = tangent.down[k] * contact_->log_down[k];
    const double up = tangent.up[k] * contact_->log_up[k];
    constant -= down + up;
    size += std::abs(down) + std::abs(up);
  }
  tangent.constant = constant;
  tangent.size = size;
  tangent.roundings = static_cast<double>(4 * depth + 2 * n_ + 16);
}

/// (sum over parts of -log(1 - u)) / -log(1 - bar) - 1.
void Tangents::parts(const Structure& structure, std::size_t world, double bar, Tangent& tangent) {
  const double scale = -1.0 / std::log1p(-bar);
  double constant = 0.0;
  double size = 0.0;
  std::size_t depth = 0;
  for (const Questions& part : structure.parts) {
    if (part.steps.size() == 3) {  // one subsystem by itself
      const std::size_t k = world * n_ + part.steps[2].subsystem;
      tangent.up[k] -= 1.0;
      continue;
    }
    const double reached = flow(part, world);
    if (!(reached > 0.0)) continue;
    depth = std::max(depth, part.depth);
    // Below it, the line through kLargestPart is a bound as well.
    const double at = std::min(reached, kLargestPart);
    const double slope = at / (1.0 - at);
    constant += slope * (std::log(reached) - std::log(at)) - std::log1p(-at);
    size += slope * (std::abs(std::log(reached)) + std::abs(std::log(at))) - std::log1p(-at);
    for (std::size_t j = 0; j < n_; ++j) {
      const std::size_t k = world * n_ + j;
      const double down = slope * flow_down_[j];
      const double up = slope * flow_up_[j];
      tangent.down[k] += down;
      tangent.up[k] += up;
      constant -= down * contact_->log_down[k] + up * contact_->log_up[k];
      size += std::abs(down * contact_->log_down[k]) + std::abs(up * contact_->log_up[k]);
    }
  }
  for (std::size_t k = world * n_; k < (world + 1) * n_; ++k) {
    tangent.down[k] *= scale;
    tangent.up[k] *= scale;
  }
  tangent.constant = constant * scale - 1.0;
  tangent.size = size * scale + 1.0;
  tangent.roundings = static_cast<double>(4 * depth + 2 * n_ + 16);
}

/// The sum over failing paths, and which share of it passes each answer.
double Tangents::flow(const Questions& questions, std::size_t world) {
  const double* down = down_.data() + world * n_;
  const double* up = up_.data() + world * n_;
  const std::vector<Step>& steps = questions.steps;
  operations_ += 8.0 * static_cast<double>(steps.size()) + 2.0 * static_cast<double>(n_);
  value_.resize(std::max(value_.size(), steps.size()));
  share_.assign(std::max(value_.size(), steps.size()), 0.0);
  std::ranges::fill(flow_down_, 0.0);
  std::ranges::fill(flow_up_, 0.0);
  value_[Questions::kWorks] = 0.0;
  value_[Questions::kFails] = 1.0;
  for (std::size_t i = 2; i < steps.size(); ++i) {
    const Step& step = steps[i];
    value_[i] = down[step.subsystem] * value_[step.down] + up[step.subsystem] * value_[step.up];
  }
  const double sum = value_[questions.root];
  if (!(sum > 0.0)) return 0.0;
  share_[questions.root] = 1.0;
  for (std::size_t i = steps.size(); i-- > 2;) {
    if (!(share_[i] > 0.0) || !(value_[i] > 0.0)) continue;
    const Step& step = steps[i];
    const double part = share_[i] / value_[i];
    const double to_down = part * down[step.subsystem] * value_[step.down];
    const double to_up = part * up[step.subsystem] * value_[step.up];
    flow_down_[step.subsystem] += to_down;
    flow_up_[step.subsystem] += to_up;
    share_[step.down] += to_down;
    share_[step.up] += to_up;
  }
  return sum;
}

}  // namespace haplan::solver::allocation
