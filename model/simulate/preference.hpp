#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace haplan::model {

/// What had failed when a service went down, and what that was worth.
struct Fall {
  double worth = 0.0;  ///< weighted downtime that followed
  std::vector<std::uint32_t> failed;
};

/// Which failures a biased cycle should try next: those that were met together when a service went down. Learned from
/// cycles that were biased with what was known before, each with its likelihood ratio, so that any preference gives unbiased
/// figures and a good one precise ones.
///   source  cross-entropy method, [Rid05], for pairs
class Preference {
 public:
  /// Knows nothing: no failure is preferred.
  explicit Preference(std::size_t entities = 0);

  void learn(const Fall& fall);

  /// Relative, not normalised, 0 where nothing speaks for it.
  ///   failed  what has failed already
  ///   cost    O(failed)
  [[nodiscard]] double of(std::uint32_t entity, std::span<const std::uint32_t> failed) const;

 private:
  std::size_t entities_ = 0;
  std::vector<double> alone_;     ///< per entity
  std::vector<double> together_;  ///< per pair of them; empty where there are too many
};

}  // namespace haplan::model
