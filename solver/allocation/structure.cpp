#include "solver/allocation/structure.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "model/base/contract.hpp"

namespace haplan::solver::allocation {

using model::Diagram;

namespace {

class Reader {
 public:
  Reader(Diagram& diagram, std::span<const std::size_t> subsystem)
      : diagram_(diagram), subsystem_(subsystem) {}

  /// Everything between `root` and `exit`, which counts as "works".
  Questions read(Diagram::Ref root, Diagram::Ref exit) {
    Questions questions;
    questions.steps.resize(2);
    std::map<Diagram::Ref, std::uint32_t> place{{exit, Questions::kWorks},
                                                {Diagram::kTrue, Questions::kFails}};
    std::vector<std::size_t> depth(2, 0);
    for (const Diagram::Ref ref : between(root, exit)) {
      const Step step{static_cast<std::uint32_t>(subsystem_[diagram_.top(ref)]),
                      place.at(child(ref, 0)), place.at(child(ref, 1))};
      place.emplace(ref, static_cast<std::uint32_t>(questions.steps.size()));
      questions.steps.push_back(step);
      depth.push_back(1 + std::max(depth[step.up], depth[step.down]));
    }
    questions.root = place.at(root);
    questions.depth = depth[questions.root];
    return questions;
  }

  /// What every path from `root` that ends well passes: parts in series end at these. The last is the good end.
  [[nodiscard]] std::vector<Diagram::Ref> passes(Diagram::Ref root) {
    std::vector<Diagram::Ref> found;
    // By variable, so that everything that leads to a node is seen before it.
    std::set<std::pair<std::size_t, Diagram::Ref>> open{{diagram_.top(root), root}};
    bool ended = false;
    while (!open.empty()) {
      const Diagram::Ref ref = open.begin()->second;
      if (open.size() == 1 && !ended && ref != root) found.push_back(ref);
      open.erase(open.begin());
      for (const int answer : {0, 1}) {
        const Diagram::Ref next = child(ref, answer);
        if (next == Diagram::kFalse)
          ended = true;
        else if (next != Diagram::kTrue)
          open.emplace(diagram_.top(next), next);
      }
    }
    found.push_back(Diagram::kFalse);
    return found;
  }

 private:
  /// Nodes from `root` down to `exit`, without it, children first: references ascend.
  [[nodiscard]] std::vector<Diagram::Ref> between(Diagram::Ref root, Diagram::Ref exit) {
    std::set<Diagram::Ref> seen;
    std::vector<Diagram::Ref> todo{root};
    while (!todo.empty()) {
      const Diagram::Ref ref = todo.back();
      todo.pop_back();
      if (ref == exit || ref <= Diagram::kTrue || !seen.insert(ref).second) continue;
      for (const int answer : {0, 1}) todo.push_back(child(ref, answer));
    }
    return {seen.begin(), seen.end()};
  }

  Diagram::Ref child(Diagram::Ref ref, int answer) {
    return diagram_.restricted(ref, diagram_.top(ref), answer);
  }

  Diagram& diagram_;
  std::span<const std::size_t> subsystem_;
};

}  // namespace

double Questions::unavailability(std::span<const double> down, std::vector<double>& value) const {
  value.resize(std::max(value.size(), steps.size()));
  value[kWorks] = 0.0;
  value[kFails] = 1.0;
  for (std::size_t i = 2; i < steps.size(); ++i) {
    const Step& step = steps[i];
    const double u = down[step.subsystem];
    value[i] = u * value[step.down] + (1.0 - u) * value[step.up];
  }
  return value[root];
}

Structure structure_of(Diagram& diagram, Diagram::Ref down,
                       std::span<const std::size_t> subsystem) {
  HAPLAN_EXPECTS(down != Diagram::kUnknown);
  Reader reader(diagram, subsystem);
  Structure structure;
  structure.whole = reader.read(down, Diagram::kFalse);
  if (down <= Diagram::kTrue) return structure;
  Diagram::Ref from = down;
  for (const Diagram::Ref pass : reader.passes(down)) {
    structure.parts.push_back(reader.read(from, pass));
    from = pass;
  }
  return structure;
}

}  // namespace haplan::solver::allocation
