#pragma once

#include <cstdint>
#include <vector>

/// Multisets of kinds of units within a subsystem.
namespace haplan::solver::allocation {

/// One kind of unit.
struct Kind {
  double unavailability = 0.0;        ///< of one unit
  std::vector<std::int64_t> amounts;  ///< >= 0, of one unit
  int most = 0;                       ///< units that there can be
};

/// Units of each kind, and what they come to.
struct Mixture {
  std::vector<int> counts;
  std::vector<std::int64_t> amounts;
  std::vector<double> down;  ///< P(fewer than needs[i] units work), one per need
};

/// Every multiset within the limits that is no worse than all others: fewer units are preferred to more of the same worth, and the
/// lexicographically smaller counts then.
///   needs   units that must work, per world; at least one each
///   limits  per amount, or kNoLimit
///   most    units in all
///   error   `down` relative O(units epsilon)
///   cost    O(kinds * front^2), the front being what is kept
std::vector<Mixture> mixtures(const std::vector<Kind>& kinds, const std::vector<int>& needs,
                              const std::vector<std::int64_t>& limits, int most);

}  // namespace haplan::solver::allocation
