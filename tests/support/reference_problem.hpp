#pragma once

#include "solver/problem.hpp"

/// The decisions and objectives of specs/examples/dify.yaml over tests/support/reference.hpp, built without the reader.
namespace haplan::test {

///   nodes, zones  see reference_system
solver::Problem reference_problem(std::size_t nodes = 6, std::size_t zones = 0);

}  // namespace haplan::test
