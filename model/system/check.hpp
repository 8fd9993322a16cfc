#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/system/system.hpp"

namespace haplan::model {

/// Broken invariants of a system, one sentence each; empty when it can be evaluated. Ids out of
/// range and cycles come first and alone, because nothing else can be said before they are right.
std::vector<std::string> check_system(const System& system);

/// Natural name order: runs of digits compare as numbers (worker-2 before worker-10), all else by
/// bytes.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace haplan::model
