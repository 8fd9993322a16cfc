#pragma once

#include <cstddef>
#include <vector>

#include "solver/problem.hpp"
#include "solver/verify/box.hpp"

namespace haplan::solver {

/// The same counts and placement with the settings that leave each component the most available, one by one.
class Sharpest {
 public:
  ///   problem  without variants; must outlive this
  explicit Sharpest(const Problem& problem);

  [[nodiscard]] model::Deployment of(const model::Deployment& plan) const;

 private:
  void sharpen_probes(model::Deployment& deployment, model::ComponentId c) const;
  void sharpen_controller(model::Deployment& deployment, model::ComponentId c) const;

  const Problem& problem_;
  Box whole_;
  std::vector<std::size_t> toleration_;
  std::vector<std::vector<std::size_t>> probes_;      ///< per component
  std::vector<std::vector<std::size_t>> controller_;  ///< per component
  std::vector<double> most_recovery_;                 ///< [s] per component
};

}  // namespace haplan::solver
