#pragma once

#include "planner/lower/context.hpp"

/// The steps of the lowering, in the order in which `lower` takes them. Each reads the context's
/// spec, reports what is wrong and adds its part; later ones rely on the names that earlier ones
/// entered.
namespace haplan::planner::lowering {

/// Failure modes of a domain, node or claim.
std::vector<model::DomainMode> domain_modes(Context& context, const Value* failures);

/// Domains, nodes, maintenance, tolerationSeconds.
void lower_cluster(Context& context);

/// Vertices and links; before the dependencies, whose `connected` gates name vertices.
void lower_network(Context& context);

/// Load levels; one without load when there is none.
void lower_levels(Context& context);

/// Names and types of all components, in byte order: later parts refer to them by id.
void name_components(Context& context);

/// A component without variants, or one of them: everything but dependencies and shared claims.
void lower_whole_component(Context& context, model::ComponentId component);

/// Every variant of a component as a component of its own, which way it starts with, and what is left open.
void lower_variants(Context& context, model::ComponentId component);

/// Fields that a component's type, controller or storage does not have.
void check_applicable(Context& context, model::ComponentId component);

/// Failure modes, capacity, replicas, autoscaling, common causes and releases of a replicated
/// component; what an external or a chain is.
void lower_component(Context& context, model::ComponentId component);
void lower_common_causes(Context& context, model::ComponentId component);
void lower_external(Context& context, model::ComponentId component);
void lower_chain(Context& context, model::ComponentId component);

/// What these are lowered from, without checks: the rate of a map with one of `mtbf`, `mean` and `rate` [1/s], the
/// common cause that releases are, an external's figures.
double written_rate(const Value& map);
model::CommonCause release_cause(const Value& releases);
model::External external_numbers(const Value& component);

/// Probe settings and their rules.
void lower_probes(Context& context, model::ComponentId component);

/// Controller, its settings and floors, replication.
void lower_failover(Context& context, model::ComponentId component);

/// Storage, movability, spread, pins.
void lower_placement(Context& context, model::ComponentId component);

/// Shared claims of all components.
void lower_claims(Context& context);

/// dependsOn and gates of all components, then cycles.
void lower_dependencies(Context& context);
model::Requirement requirement_of_list(Context& context, const Value& list,
                                       std::optional<model::ComponentId> owner);

/// Services and objectives.
void lower_services(Context& context);
void lower_objectives(Context& context);

/// replicas, cost, cpu and memory, which are counted without being said.
bool is_reserved_budget(const std::string& name);

/// Budgets, prices and what a plan has least or most of; after the components.
void lower_preference(Context& context);

/// Chart releases, and what the written files carry.
void lower_releases(Context& context);

/// What can only be judged when everything is known: needs beyond the replicas, requests beyond the
/// nodes.
void check_whole(Context& context);

}  // namespace haplan::planner::lowering
