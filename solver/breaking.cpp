#include "solver/breaking.hpp"

#include <algorithm>

namespace haplan::solver {

using namespace model;

namespace {

class Finder {
 public:
  Finder(const CausesAlone& alone, ServiceId service, double budget)
      : alone_(alone), service_(service), budget_(budget) {}

  [[nodiscard]] bool exceeds(const std::vector<Cause>& causes) const {
    return alone_.unavailability(service_, [&](const Cause& cause) {
      return std::ranges::any_of(causes, [&](const Cause& c) { return same_cause(c, cause); })
                 ? 1.0
                 : 0.0;
    }) > budget_;
  }

  [[nodiscard]] std::vector<Cause> single(const std::vector<Cause>& causes) const {
    for (const Cause& cause : causes)
      if (exceeds({cause})) return {cause};
    return {};
  }

  [[nodiscard]] std::vector<Cause> pair(const std::vector<Cause>& causes) const {
    constexpr std::size_t kMostPaired = 24;
    const std::size_t n = std::min(causes.size(), kMostPaired);
    for (std::size_t j = 1; j < n; ++j)
      for (std::size_t i = 0; i < j; ++i)
        if (exceeds({causes[i], causes[j]})) return {causes[i], causes[j]};
    return {};
  }

  /// The fewest of the largest shares, then without those that are not needed.
  [[nodiscard]] std::vector<Cause> several(const std::vector<Cause>& causes) const {
    if (!exceeds(causes)) return {};
    std::size_t enough = causes.size();
    for (std::size_t least = 1; least < enough;) {
      const std::size_t middle = (least + enough) / 2;
      if (exceeds({causes.begin(), causes.begin() + static_cast<std::ptrdiff_t>(middle)}))
        enough = middle;
      else
        least = middle + 1;
    }
    std::vector<Cause> kept(causes.begin(), causes.begin() + static_cast<std::ptrdiff_t>(enough));
    for (std::size_t i = kept.size(); i-- > 0;) {
      std::vector<Cause> fewer = kept;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (exceeds(fewer)) kept = std::move(fewer);
    }
    return kept;
  }

 private:
  const CausesAlone& alone_;
  ServiceId service_;
  double budget_;
};

}  // namespace

bool same_cause(const Cause& a, const Cause& b) {
  return a.kind == b.kind && a.subject == b.subject && a.mode == b.mode;
}

std::vector<Cause> with_joint_drains(const std::vector<Cause>& causes) {
  std::vector<Cause> result;
  Cause drains{CauseKind::drain, "", "", 0.0};
  for (const Cause& cause : causes)
    if (cause.kind == CauseKind::drain)
      drains.share += cause.share;
    else
      result.push_back(cause);
  if (drains.share > 0.0) result.push_back(drains);
  std::ranges::stable_sort(result, std::ranges::greater{}, &Cause::share);
  return result;
}

std::vector<Cause> breaking_causes(const CausesAlone& alone, ServiceId service,
                                   const std::vector<Cause>& causes, double budget) {
  const Finder finder(alone, service, budget);
  std::vector<Cause> all = with_joint_drains(causes);
  std::vector<Cause> lacking;
  for (const Cause& cause : all)
    if (cause.kind == CauseKind::capacity) lacking.push_back(cause);
  if (finder.exceeds({})) return lacking;
  std::erase_if(all, [](const Cause& cause) { return cause.kind == CauseKind::capacity; });
  for (const auto search : {&Finder::single, &Finder::pair, &Finder::several})
    if (auto found = (finder.*search)(all); !found.empty()) {
      // What is lacking has no weight: it is part of every set.
      found.insert(found.end(), lacking.begin(), lacking.end());
      return found;
    }
  return {};
}

std::optional<double> rate_allowed(const CausesAlone& alone, ServiceId service, const Cause& cause,
                                   double budget) {
  const auto at = [&](double weight) {
    return alone.unavailability(
        service, [&](const Cause& other) { return same_cause(other, cause) ? weight : 1.0; });
  };
  if (at(0.0) > budget) return std::nullopt;
  double enough = 0.0;
  double too_much = 1.0;
  constexpr int kSteps = 20;
  for (int i = 0; i < kSteps; ++i) {
    const double middle = 0.5 * (enough + too_much);
    (at(middle) > budget ? too_much : enough) = middle;
  }
  return enough;
}

}  // namespace haplan::solver
