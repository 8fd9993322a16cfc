#pragma once

#include "solver/problem.hpp"

/// The reference system: a multi-tenant LLM application on six equal nodes, with the decisions and objectives of its
/// example spec, built without the reader.
namespace haplan::test {

solver::Problem dify_problem();

}  // namespace haplan::test
