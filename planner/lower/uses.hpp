#pragma once

#include <string>
#include <vector>

#include "planner/spec/value.hpp"

namespace haplan::planner::lowering {

/// A place in a typed tree where an uncertain number stands.
struct Use {
  Value* value = nullptr;
  std::vector<Value*> above;  ///< from spec down to the map or list that holds it
  std::size_t input = 0;  ///< which number it is: uses of one parameter or number object are one
};

/// All of them that figures can depend on, in the order of the tree.
std::vector<Use> uncertain_uses(Value& document);

}  // namespace haplan::planner::lowering
