#pragma once

#include <vector>

#include "model/availability/numbers.hpp"
#include "solver/verify/choices.hpp"

/// Systems that are at least as good as what they stand for, built of the spec's own parts.
namespace haplan::solver {

/// Instead of a component an independent element that is down with this probability, and nothing else.
void make_external(model::Component& component, model::ComponentPlan& plan, double unavailability);

/// The component with its best settings; no probe decides anything any more.
///   keep_modes  its failure modes with their least outages, not only its least unavailability
void idealise(model::Component& component, model::ComponentPlan& plan, const BestSettings& best,
              bool keep_modes);

/// The component and nothing else, at one load level, as the service 0.
model::System system_of_one(const model::System& system, model::Component component, int need);

/// Without nodes, domains, claims and drains.
void remove_cluster(model::System& system);

/// As many replicas at every level.
void set_count(model::ComponentPlan& plan, int n);

/// How a component serves at a level with its best settings.
///   system  whose nodes, domains and drains are causes of failovers
///   nodes   of its replicas at that level; empty: none
model::TableNumbers best_table(const model::System& system, const Choices& choices,
                               const BestSettings& best, const Counts& counts, model::ComponentId c,
                               model::LevelId level, std::vector<model::NodeId> nodes);

/// Share of time in which no node is drained.
double without_drains(const model::System& system);

/// P(nothing is wrong with any node or domain but those that are down for good, and none is drained).
double calm_share(const model::System& system);

/// Over the levels, by their share of time.
double weighted(const model::System& system, const std::vector<double>& by_level);

}  // namespace haplan::solver
