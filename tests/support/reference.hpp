#pragma once

#include "model/system/deployment.hpp"

/// The reference system of specs/examples/dify.yaml, built by hand for tests and benchmarks that
/// know no spec.
namespace haplan::test {

struct Reference {
  model::System system;
  model::Deployment deployment;  ///< a fixed plan near the optimum
};

/// Six nodes, two closed levels, ten components, three services.
Reference reference_system();

}  // namespace haplan::test
