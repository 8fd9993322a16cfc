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

SolveOptions Succession::rest() const {
  constexpr double kShortest = 1e-3;  // [s]: zero would be no limit
  SolveOptions rest = options_;
  if (rest.work_limit > 0) rest.work_limit -= std::min(rest.work_limit - 1, work_.units);
  if (rest.time_limit > 0.0) rest.time_limit = std::max(kShortest, rest.time_limit - seconds());
  return rest;
}

void Succession::add(const SearchWork& work) {
  work_.count_vectors += work.count_vectors;
  work_.evaluations += work.evaluations;
  work_.search_nodes += work.search_nodes;
  work_.units += work.units;
}

model::Result<Outcome> Succession::search(const Problem& problem, bool explain) {
  SolveOptions options = rest();
  options.explain = explain;
  model::Result<Outcome> outcome = how_(problem, options);
  if (!outcome) return outcome;
  add(outcome->work);
  stop_ = outcome->stop;
  return outcome;
}

model::Result<Outcome> Succession::ask(const Problem& problem, bool any_plan, std::size_t units) {
  SolveOptions options = rest();
  options.explain = false;
  options.any_plan = any_plan;
  if (units > 0 && (options.work_limit == 0 || units < options.work_limit))
    options.work_limit = units;
  model::Result<Outcome> outcome = how_(problem, options);
  if (outcome) add(outcome->work);
  return outcome;
}

}  // namespace haplan::solver
