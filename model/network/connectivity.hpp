#pragma once

#include <span>
#include <vector>

#include "model/base/result.hpp"
#include "model/network/frontier.hpp"
#include "model/network/graph.hpp"
#include "model/network/reduction.hpp"

namespace haplan::model {

struct ConnectivityFigures {
  double connected = 0.0;
  double disconnected = 0.0;
};

struct ConnectivitySlopes {
  ConnectivityFigures figures;
  /// Per element: d disconnected / d unavailability = P(apart | it is down) - P(apart | it is up), the Birnbaum
  /// importance.
  std::vector<double> birnbaum;
};

struct ConnectivityWork {
  std::size_t cores = 0;  ///< irreducible pieces
  std::size_t core_links = 0;
  std::size_t max_frontier = 0;
  std::size_t diagram_nodes = 0;
};

/// P(all terminals are up and connected) of a network whose vertices, terminals too, and links fail independently
/// (K-terminal reliability). Reduced and compiled once, evaluated for many numbers.
///
/// Both probabilities are sums of products of non-negative numbers, neither is 1 minus the other: an
/// unavailability of 1e-15 keeps its digits.
///   error   relative, O(links * epsilon) of either probability
///   source  [HLL07]; reductions [SW85]
class Connectivity {
 public:
  ///   terminals  one or more vertices; repetitions are allowed
  ///   fails      budget_exhausted beyond limits.nodes, or with more than 120 vertices in a frontier
  static Result<Connectivity> compile(const NetworkGraph& network,
                                      std::span<const std::size_t> terminals,
                                      const FrontierLimits& limits = {});

  ///   unavailability  per element (vertices, then links), in [0, 1]; 0 of perfect ones
  ///   cost            O(diagram nodes + elements)
  [[nodiscard]] ConnectivityFigures evaluate(std::span<const double> unavailability) const;

  /// The figures and all derivatives, by one adjoint pass.
  ///   error  of a derivative: absolute, epsilon times the smaller of P(apart) and P(connected) where its element
  ///          is looked at; differences are taken there, not between two values of the whole
  ///   cost   as evaluate()
  [[nodiscard]] ConnectivitySlopes slopes(std::span<const double> unavailability) const;

  [[nodiscard]] const ConnectivityWork& work() const { return work_; }

 private:
  struct CompiledCore {
    std::vector<Parts::Id> part;  ///< per level
    FrontierDiagram diagram;
  };

  std::size_t elements_ = 0;
  bool possible_ = true;
  Parts parts_;
  std::vector<Parts::Id> series_;
  std::vector<CompiledCore> cores_;
  ConnectivityWork work_;
};

}  // namespace haplan::model
