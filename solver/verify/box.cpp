#include "solver/verify/box.hpp"

namespace haplan::solver {

Box::Box(const Problem& problem) {
  for (const Decision& decision : problem.decisions)
    intervals_.push_back({0, decision.values.size() - 1});
}

std::vector<std::size_t> Box::key(const std::vector<std::size_t>& decisions) const {
  std::vector<std::size_t> key;
  for (const std::size_t d : decisions) {
    key.push_back(intervals_[d].first);
    key.push_back(intervals_[d].last);
  }
  return key;
}

}  // namespace haplan::solver
