#include "model/simulate/preference.hpp"

#include <cmath>

namespace haplan::model {

namespace {

constexpr std::size_t kMostPaired = 1024;  ///< entities, of which all pairs are kept

}  // namespace

Preference::Preference(std::size_t entities)
    : entities_(entities),
      alone_(entities, 0.0),
      together_(entities <= kMostPaired ? entities * entities : 0, 0.0) {}

void Preference::learn(const Fall& fall) {
  // The root: a few falls of great worth must not hide the others.
  const double worth = std::sqrt(fall.worth);
  for (const std::uint32_t one : fall.failed) {
    alone_[one] += worth;
    if (!together_.empty())
      for (const std::uint32_t other : fall.failed)
        if (other != one) together_[one * entities_ + other] += worth;
  }
}

double Preference::of(std::uint32_t entity, std::span<const std::uint32_t> failed) const {
  if (entities_ == 0) return 0.0;
  if (failed.empty() || together_.empty()) return alone_[entity];
  double sum = 0.0;
  for (const std::uint32_t other : failed) sum += together_[other * entities_ + entity];
  return sum;
}

}  // namespace haplan::model
