#pragma once

#include <functional>
#include <optional>

#include "planner/lower/uses.hpp"
#include "solver/problem.hpp"

namespace haplan::planner::lowering {

/// Writes what a number decides into a lowered system and its deployment. False: with this value the spec may have a
/// mistake, which only the whole lowering can tell.
using Shortcut = std::function<bool(solver::Problem&)>;

/// The way from a place in the tree to the fields that it decides; nothing where there is none. It reads the values
/// beside it in the tree, which must outlive it.
///   problem  of the tree's lowering: names and places in it stay
std::optional<Shortcut> shortcut(const Use& use, const solver::Problem& problem);

}  // namespace haplan::planner::lowering
