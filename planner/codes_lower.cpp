#include "planner/codes.hpp"

namespace haplan::planner {

std::vector<Code> lowering_codes() { return {}; }

}  // namespace haplan::planner
