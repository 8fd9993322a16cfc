#include "solver/verify/paths.hpp"

#include <algorithm>
#include <map>

#include "model/availability/probabilities.hpp"
#include "model/system/variants.hpp"
#include "solver/verify/ways.hpp"

namespace haplan::solver {

using namespace model;

namespace {

using Ref = Diagram::Ref;

class Tracing {
 public:
  Tracing(Diagram& diagram, const std::vector<std::size_t>& element)
      : diagram_(diagram), element_(element) {}

  Failing trace(Ref down) {
    Failing failing;
    failing.whole = between(down, Diagram::kFalse);
    Ref from = down;
    if (from <= Diagram::kTrue) return failing;
    for (const Ref gate : gates(down)) {
      failing.parts.push_back(between(from, gate));
      from = gate;
    }
    failing.parts.push_back(between(from, Diagram::kFalse));
    return failing;
  }

 private:
  Ref child(Ref ref, int answer) { return diagram_.restricted(ref, diagram_.top(ref), answer); }

  /// Nodes that can be reached, in the order of their variables and then of their references.
  std::map<std::pair<std::size_t, Ref>, std::size_t> reachable(Ref root) {
    std::map<std::pair<std::size_t, Ref>, std::size_t> incoming{{{diagram_.top(root), root}, 1}};
    for (auto at = incoming.begin(); at != incoming.end(); ++at)
      for (const int answer : {0, 1}) {
        const Ref next = child(at->first.second, answer);
        if (next > Diagram::kTrue) ++incoming[{diagram_.top(next), next}];
      }
    return incoming;
  }

  /// Nodes that every path passes which does not fail before: all its edges that are open there lead to them.
  std::vector<Ref> gates(Ref root) {
    std::vector<Ref> found;
    std::size_t open = 1;  // edges to nodes that were not looked at
    for (const auto& [where, incoming] : reachable(root)) {
      const Ref ref = where.second;
      if (open == incoming && ref != root) found.push_back(ref);
      open -= incoming;
      for (const int answer : {0, 1}) {
        const Ref next = child(ref, answer);
        if (next > Diagram::kTrue) ++open;
        if (next == Diagram::kFalse) return found;
      }
    }
    return found;
  }

  /// From `root` on, as if all were well at `exit`.
  Paths between(Ref root, Ref exit) {
    Paths paths;
    paths.questions.resize(2);
    std::map<Ref, std::uint32_t> place{{Diagram::kFalse, Paths::kWorks},
                                       {Diagram::kTrue, Paths::kFails}};
    place[exit] = Paths::kWorks;
    paths.first = add(root, place, paths);
    return paths;
  }

  std::uint32_t add(Ref ref, std::map<Ref, std::uint32_t>& place, Paths& paths) {
    if (const auto known = place.find(ref); known != place.end()) return known->second;
    const std::uint32_t up = add(child(ref, 0), place, paths);
    const std::uint32_t down = add(child(ref, 1), place, paths);
    paths.questions.push_back({element_[diagram_.top(ref)], up, down});
    return place[ref] = static_cast<std::uint32_t>(paths.questions.size() - 1);
  }

  Diagram& diagram_;
  const std::vector<std::size_t>& element_;  ///< per variable
};

}  // namespace

double Paths::unavailability(std::span<const double> down) const {
  std::vector<double> fails(questions.size(), 0.0);
  fails[kFails] = 1.0;
  for (std::size_t q = 2; q < questions.size(); ++q) {
    const double u = down[questions[q].element];
    fails[q] = u * fails[questions[q].down] + (1.0 - u) * fails[questions[q].up];
  }
  return fails[first];
}

long double Paths::weigh(std::span<const long double> down, std::span<const long double> up,
                         std::vector<long double>& share_down,
                         std::vector<long double>& share_up) const {
  std::vector<long double> sum(questions.size(), 0.0L);
  sum[kFails] = 1.0L;
  for (std::size_t q = 2; q < questions.size(); ++q) {
    const Question& question = questions[q];
    sum[q] = down[question.element] * sum[question.down] + up[question.element] * sum[question.up];
  }
  std::ranges::fill(share_down, 0.0L);
  std::ranges::fill(share_up, 0.0L);
  std::vector<long double> passing(questions.size(), 0.0L);
  passing[first] = 1.0L;
  for (std::size_t q = questions.size(); q-- > 2;) {
    if (!(passing[q] > 0.0L) || !(sum[q] > 0.0L)) continue;
    const Question& question = questions[q];
    const long double to_down = passing[q] * (down[question.element] * sum[question.down] / sum[q]);
    const long double to_up = passing[q] * (up[question.element] * sum[question.up] / sum[q]);
    share_down[question.element] += to_down;
    share_up[question.element] += to_up;
    passing[question.down] += to_down;
    passing[question.up] += to_up;
  }
  return sum[first];
}

std::optional<Structures> structures_of(const Problem& problem) {
  std::vector<std::vector<int>> counts = counts_of(problem, problem.before);
  for (auto& list : counts) {
    const auto used = std::ranges::find_if(list, [](int n) { return n > 0; });
    const std::size_t kept = used == list.end() ? 0 : static_cast<std::size_t>(used - list.begin());
    for (std::size_t b = 0; b < list.size(); ++b) list[b] = b == kept ? std::max(1, list[b]) : 0;
  }
  const Resolved plain = resolve(problem.system, deployment_of(problem, counts));
  auto quantified = quantify(plain.system, plain.deployment);
  if (!quantified || quantified->compiled.network_bounded) return std::nullopt;
  Compiled& compiled = quantified->compiled;
  const Numbers& numbers = quantified->numbers;
  Structures structures;
  const std::size_t components = problem.system.components.size();
  std::vector<std::size_t> element(compiled.variables.size(), 0);
  for (std::size_t v = 0; v < compiled.variables.size(); ++v) {
    const VariableInfo& info = compiled.variables[v];
    using enum VariableInfo::Kind;
    if (info.kind == component) {
      element[v] = info.subject;
      continue;
    }
    element[v] = components + structures.fixed.size();
    switch (info.kind) {
      case claim: structures.fixed.push_back(numbers.claim_down[info.subject]); break;
      case switchover: structures.fixed.push_back(numbers.switchover[info.subject]); break;
      case vertex: structures.fixed.push_back(numbers.vertex_down[info.subject]); break;
      case link: structures.fixed.push_back(numbers.link_down[info.subject]); break;
      default: break;  // of clusters: not in structure functions
    }
  }
  Tracing tracing(compiled.diagram, element);
  for (const Objective& objective : problem.objectives)
    structures.of.push_back(tracing.trace(compiled.structure_down[objective.service]));
  return structures;
}

}  // namespace haplan::solver
