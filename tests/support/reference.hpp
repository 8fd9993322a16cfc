#pragma once

#include "model/system/deployment.hpp"

/// The reference system of specs/examples/dify.yaml, built by hand for tests and benchmarks that
/// know no spec.
namespace haplan::test {

/// Its components, in name order.
enum ReferenceId : model::ComponentId {
  api,
  claude,
  gpt,
  ingress,
  keycloak,
  llm,
  postgres,
  prometheus,
  redis,
  weather
};

struct Reference {
  model::System system;
  model::Deployment deployment;  ///< a fixed plan near the optimum
};

/// Two closed levels, ten components, three services on equal nodes.
///   zones  that the nodes are dealt out to in equal blocks; 0: none
Reference reference_system(std::size_t nodes = 6, std::size_t zones = 0);

}  // namespace haplan::test
