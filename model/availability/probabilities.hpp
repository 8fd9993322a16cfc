#pragma once

#include <vector>

#include "model/availability/compiled.hpp"

/// From numbers to probabilities: what a compiled structure is evaluated with.
namespace haplan::model {

/// All elementary unavailabilities. Sizes follow the Compiled they were made for.
struct Numbers {
  std::vector<TableNumbers> tables;               ///< per Compiled::tables
  std::vector<double> domain_down;                ///< per domain
  std::vector<std::vector<double>> node_stages;   ///< [node][stage]; sums to P(node down)
  std::vector<double> claim_down;                 ///< per claim
  std::vector<double> switchover;                 ///< per Structure::switchovers
  std::vector<double> vertex_down;                ///< per network vertex
  std::vector<double> link_down;                  ///< per network link
  double drained = 0.0;                           ///< probability that one given node is drained
  std::vector<std::vector<double>> drain_stages;  ///< [node][stage], fractions of a drain, sum 1
};

/// cost   O(tables + nodes * stages + domains + network)
/// fails  invalid_input when the drains of all nodes would take all the time
Result<Numbers> numbers_for(const System& system, const Deployment& deployment,
                            const ComponentNumbers& components, const Compiled& compiled);

/// A compiled structure and all numbers it is evaluated with.
struct Quantified {
  ComponentNumbers components;
  Compiled compiled;
  Numbers numbers;
};

/// Numbers and structure of a deployment; arguments and failures are those of compile().
Result<Quantified> quantify(const System& system, const Deployment& deployment,
                            bool entries = false, const EvaluateOptions& options = {});

/// Distribution of every diagram variable, every elementary unavailability multiplied by `scale` in [0, 1].
///   p     out: Diagram::probability_count() entries
///   cost  O(entries + reachable replicas of each table)
void fill_probabilities(const Compiled& compiled, const Numbers& numbers, double scale,
                        std::vector<double>& p);

/// Share of time of a drain state, given the level.
double drain_weight(const Numbers& numbers, const Situation& world, double scale);

/// Unavailability of a service from the values of all diagram functions: sum over plain worlds.
double unavailability_of(const System& system, const Compiled& compiled, const Numbers& numbers,
                         const std::vector<double>& value, ServiceId service, double scale);

/// Joint distribution of a component being down before and after the entry of a level: index bit 0: before,
/// bit 1: after. A ramp's shortage starts with the entry.
std::array<double, 4> entry_distribution(const TableNumbers& before, const TableNumbers& after,
                                         const std::array<int, 3>& reachable);

}  // namespace haplan::model
