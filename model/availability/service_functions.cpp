#include "model/availability/service_functions.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "model/availability/structure.hpp"
#include "model/diagram/diagram.hpp"
#include "model/recovery/domain.hpp"
#include "model/system/load.hpp"

namespace haplan::model {

namespace {

/// The constant that a negative input names.
std::size_t constant_index(int input) {
  const int index = ~input;
  return static_cast<std::size_t>(index);
}

/// Rewrites a function of the shared diagram as a list of its own nodes, children first.
class Flattener {
 public:
  ///   network  variables from here on are the network's, the last in their order
  ///   value    P(f) of every function of these alone
  Flattener(Diagram& diagram, const std::map<std::size_t, int>& inputs, std::size_t network,
            std::span<const double> value, ServiceFunctions& functions, ServiceFunction& function)
      : diagram_(diagram),
        inputs_(inputs),
        network_(network),
        value_(value),
        functions_(functions),
        function_(function) {
    function_.nodes.resize(2);
    index_ = {{Diagram::kFalse, 0},
              {Diagram::kTrue, 1},
              {Diagram::kUnknown, value_[Diagram::kUnknown] > 0.0 ? 1U : 0U}};
  }

  std::uint32_t visit(Diagram::Ref f) {
    if (const auto found = index_.find(f); found != index_.end()) return found->second;
    const std::size_t variable = diagram_.top(f);
    if (variable >= network_) {  // all that is left is the network, which depends on nothing else
      function_.nodes.push_back({~static_cast<int>(functions_.constants.size()), 0, 1});
      functions_.constants.push_back(value_[f]);
      return index_[f] = static_cast<std::uint32_t>(function_.nodes.size() - 1);
    }
    const std::uint32_t up = visit(diagram_.restricted(f, variable, 0));
    const std::uint32_t down = visit(diagram_.restricted(f, variable, 1));
    function_.nodes.push_back({inputs_.at(variable), up, down});
    return index_[f] = static_cast<std::uint32_t>(function_.nodes.size() - 1);
  }

 private:
  Diagram& diagram_;
  const std::map<std::size_t, int>& inputs_;
  std::size_t network_;
  std::span<const double> value_;
  ServiceFunctions& functions_;
  ServiceFunction& function_;
  std::map<Diagram::Ref, std::uint32_t> index_;
};

/// Minimal cuts of a function of failures as sorted lists of inputs; empty result when there are too many.
class Cuts {
 public:
  explicit Cuts(const ServiceFunction& function) : function_(function) {}

  using Cut = std::vector<int>;
  std::vector<Cut> all() {
    std::vector<Cut> cuts = of(function_.root);
    if (too_many_) cuts.clear();
    return cuts;
  }

 private:
  static constexpr std::size_t kMost = 4096;

  const std::vector<Cut>& of(std::uint32_t index) {
    if (const auto found = memo_.find(index); found != memo_.end()) return found->second;
    std::vector<Cut> cuts;
    if (index == 1) cuts.push_back({});
    if (index >= 2 && !too_many_) {
      const ServiceFunction::Node& node = function_.nodes[index];
      cuts = of(node.up);
      for (const Cut& cut : of(node.down)) {
        const bool covered = std::ranges::any_of(
            cuts, [&cut](const Cut& smaller) { return std::ranges::includes(cut, smaller); });
        if (covered) continue;
        Cut larger = cut;
        larger.insert(std::ranges::upper_bound(larger, node.input), node.input);
        cuts.push_back(std::move(larger));
      }
      if (cuts.size() > kMost) too_many_ = true;
    }
    return memo_[index] = std::move(cuts);
  }

  const ServiceFunction& function_;
  std::map<std::uint32_t, std::vector<Cut>> memo_;
  bool too_many_ = false;
};

/// Assigns every variable of the diagram an input or a constant.
std::map<std::size_t, int> number_variables(const System& system, const ComponentNumbers& numbers,
                                            const Structure& structure, ServiceFunctions& result) {
  std::map<std::size_t, int> variables;
  const auto constant = [&](std::size_t variable, double u) {
    variables[variable] = ~static_cast<int>(result.constants.size());
    result.constants.push_back(u);
  };
  for (ComponentId c = 0; c < system.components.size(); ++c) {
    if (structure.component[c] == kNone) continue;
    if (system.components[c].replicated()) {
      variables[structure.component[c]] = static_cast<int>(result.inputs.size());
      result.inputs.push_back(c);
      continue;
    }
    // Settings and levels are nothing to what does not run as replicas.
    const Deployment none{300, std::vector<ComponentPlan>(system.components.size())};
    const TableNumbers table = table_numbers(system, none, LoadTable{}, numbers, {c, 0, 0, 0});
    constant(structure.component[c], down_given(table, 0, 1.0));
  }
  for (ClaimId claim = 0; claim < system.claims.size(); ++claim)
    if (structure.claim[claim] != kNone)
      constant(structure.claim[claim], down_probability(system.claims[claim].modes, false));
  for (const SwitchoverFactor& factor : structure.switchovers) {
    const double load = factor.rate * factor.outage;
    constant(factor.variable, load / (1.0 + load));
  }
  return variables;
}

/// The structure functions of all services; of a network that is too large with few failures only.
struct Functions {
  Diagram diagram;
  Structure structure;
  std::vector<Diagram::Ref> down;  ///< per service
  bool bounded = false;
};

Functions structure_functions(const System& system) {
  constexpr std::size_t kMostNodes = 1'000'000;
  Functions made;
  for (int failures = kAllFailures; failures >= 0; failures = fewer_failures(failures)) {
    made = Functions();
    made.bounded = failures < kAllFailures;
    made.diagram.limit_size(kMostNodes);
    auto structure = make_structure(system, made.diagram, {kMostNodes, failures});
    if (!structure) continue;
    made.structure = std::move(*structure);
    for (ServiceId s = 0; s < system.services.size(); ++s)
      made.down.push_back(service_down(system, made.structure, made.diagram, s, Instant::single));
    if (!made.diagram.exhausted()) break;
  }
  made.diagram.limit_size(static_cast<std::size_t>(-1));
  return made;
}

/// P(f) of all functions of the network's variables alone.
std::vector<double> network_values(const System& system, const Functions& functions,
                                   double not_followed) {
  const Diagram& diagram = functions.diagram;
  std::vector<double> p(diagram.probability_count(), 0.0);
  const auto set = [&](std::size_t variable, const std::vector<DomainMode>& modes) {
    if (variable == kNone) return;
    const double down = down_probability(modes, false);
    p[diagram.first_probability(variable)] = 1.0 - down;
    p[diagram.first_probability(variable) + 1] = down;
  };
  for (VertexId v = 0; v < system.network.vertices.size(); ++v)
    set(functions.structure.network.vertex[v], system.network.vertices[v].modes);
  for (std::size_t l = 0; l < system.network.links.size(); ++l)
    set(functions.structure.network.link[l], system.network.links[l].modes);
  std::vector<double> value;
  diagram.probability(p, not_followed, value);
  return value;
}

}  // namespace

ServiceFunctions service_functions(const System& system, const ComponentNumbers& numbers,
                                   double not_followed) {
  Functions made = structure_functions(system);
  Diagram& diagram = made.diagram;
  ServiceFunctions result;
  result.network_bounded = made.bounded;
  const std::map<std::size_t, int> variables =
      number_variables(system, numbers, made.structure, result);
  const std::vector<double> network = network_values(system, made, not_followed);
  std::map<Diagram::Ref, std::size_t> known;
  for (ServiceId s = 0; s < system.services.size(); ++s) {
    const Diagram::Ref f = made.down[s];
    const auto [found, fresh] = known.try_emplace(f, result.functions.size());
    if (fresh) {
      ServiceFunction& function = result.functions.emplace_back();
      function.root = Flattener(diagram, variables, made.structure.network.first_variable, network,
                                result, function)
                          .visit(f);
      function.cuts = Cuts(function).all();
      for (const std::size_t variable : diagram.support(f)) {
        if (variable >= made.structure.network.first_variable) break;
        const int input = variables.at(variable);
        if (input < 0) continue;
        auto& list =
            diagram.restricted(f, variable, 1) == Diagram::kTrue ? function.series : function.gated;
        list.push_back(static_cast<std::size_t>(input));
      }
    }
    result.functions[found->second].services.push_back(s);
  }
  return result;
}

double ServiceFunctions::value(const ServiceFunction& function, std::span<const double> down,
                               std::vector<double>& scratch) const {
  scratch.resize(function.nodes.size());
  scratch[0] = 0.0;
  scratch[1] = 1.0;
  for (std::size_t i = 2; i < function.nodes.size(); ++i) {
    const ServiceFunction::Node& node = function.nodes[i];
    const double q = node.input < 0 ? constants[constant_index(node.input)]
                                    : down[static_cast<std::size_t>(node.input)];
    scratch[i] = (1.0 - q) * scratch[node.up] + q * scratch[node.down];
  }
  return scratch[function.root];
}

double ServiceFunctions::union_bound(const ServiceFunction& function, std::span<const double> worst,
                                     double mass) const {
  if (function.cuts.empty()) return function.root == 0 ? 0.0 : mass;
  double sum = 0.0;
  for (const std::vector<int>& cut : function.cuts) {
    double smallest = mass;
    double product = 1.0;
    for (const int input : cut) {
      if (input >= 0)
        smallest = std::min(smallest, worst[static_cast<std::size_t>(input)]);
      else
        product *= constants[constant_index(input)];
    }
    sum += smallest * product;
  }
  return std::min(mass, sum);
}

}  // namespace haplan::model
