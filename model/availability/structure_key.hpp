#pragma once

#include <cstdint>
#include <vector>

#include "model/availability/stages.hpp"
#include "model/system/load.hpp"

/// What a compiled structure depends on, written out word by word: equal keys, equal structures. What is only a
/// number (a rate, a repair time, a share) is left out; what merely might matter is in.
namespace haplan::model {

using StructureKey = std::vector<std::uint64_t>;

/// Dependencies, domains, claims, networks, counts that are given, nodes of replicas.
void describe_shape(const System& system, const Deployment& deployment, StructureKey& key);

/// What load_table() reads beside the shape.
void describe_load(const System& system, StructureKey& key);

/// What has_headroom() reads beside shape and counts.
void describe_resources(const System& system, StructureKey& key);

/// Replicas and needs at every level, and which level is entered from which.
void describe_counts(const System& system, const Deployment& deployment, const LoadTable& load,
                     StructureKey& key);

/// In which stage whose replicas serve again, whatever the stages' bounds.
void describe_stages(const std::vector<NodeStages>& stages, StructureKey& key);

}  // namespace haplan::model
