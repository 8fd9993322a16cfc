#include "solver/succession.hpp"

#include <algorithm>
#include <utility>

namespace haplan::solver {

Succession::Succession(const SolveOptions& options, Searcher how)
    : options_(options), how_(std::move(how)), start_(std::chrono::steady_clock::now()) {}

double Succession::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

bool Succession::ended() const {
  return stop_ == Stop::interrupted || stop_ == Stop::time_limit ||
         (options_.interrupted && options_.interrupted()) ||
         (options_.work_limit > 0 && work_.units >= options_.work_limit) ||
         (options_.time_limit > 0.0 && seconds() >= options_.time_limit);
}

model::Result<Outcome> Succession::search(const Problem& problem, bool explain) {
  constexpr double kShortest = 1e-3;  // [s]: zero would be no limit
  SolveOptions rest = options_;
  rest.explain = explain;
  if (rest.work_limit > 0) rest.work_limit -= std::min(rest.work_limit - 1, work_.units);
  if (rest.time_limit > 0.0) rest.time_limit = std::max(kShortest, rest.time_limit - seconds());
  model::Result<Outcome> outcome = how_(problem, rest);
  if (!outcome) return outcome;
  work_.count_vectors += outcome->work.count_vectors;
  work_.evaluations += outcome->work.evaluations;
  work_.search_nodes += outcome->work.search_nodes;
  work_.units += outcome->work.units;
  stop_ = outcome->stop;
  return outcome;
}

}  // namespace haplan::solver
