#include "model/availability/episodes.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "model/availability/causes.hpp"
#include "model/availability/elements.hpp"
#include "model/availability/long_failures.hpp"
#include "model/availability/outages.hpp"
#include "model/availability/recurrence.hpp"

namespace haplan::model {

namespace {

/// Shares of the downtime below which it does not matter whether outages come together.
constexpr double kWorthAsking = 0.01;
constexpr double kWorthCounting = 0.002;

/// Outages within the failures of one element at one level, as a part of all outages of a service.
struct Within {
  std::vector<double> share;  ///< per age
  std::vector<TimeLeft> left;
  std::vector<Recurrence> again;  ///< per `left`

  /// What the share becomes when outages that follow each other count as one. A random moment of downtime is followed by
  /// other outages with probability q: their number is geometric, so that many of them are exponential, and few keep their law.
  [[nodiscard]] double together(double age, const auto& share_at) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < left.size(); ++j) {
      const double q = again[j].again;
      const double many = q > 0.0 ? share.front() * std::exp(-age / again[j].mean) : 0.0;
      sum += left[j].weight * ((1.0 - q) * share_at(share, age * (1.0 - q)) + q * many);
    }
    return sum;
  }
};

/// Everything about one supposition.
using Supposed = std::vector<std::vector<LevelDowns>>;  // [service][level]

class Episodes {
 public:
  Episodes(const ServiceContext& context, const std::vector<std::vector<DownFor>>& outages)
      : context_(context), outages_(outages) {
    for (const DownFor& point : outages.front()) ages_.push_back(point.age);
    below_.resize(context.system.levels.size());
    for (const Situation& world : context.compiled.worlds)
      if (world.before) below_[world.level] = world.before;
    for (LevelId l = 0; l < below_.size(); ++l) {
      alone_.push_back(context.system);
      for (Level& other : alone_.back().levels) other.share = 0.0;
      alone_.back().levels[l].share = 1.0;
    }
  }

  [[nodiscard]] std::vector<std::vector<DownFor>> run() const {
    const std::size_t services = outages_.size();
    const std::size_t levels = alone_.size();
    std::vector<std::vector<Within>> parts(services);
    std::vector<std::vector<std::vector<double>>> now;  // [service][level][age]
    for (const auto& [failure, weights] : weighed()) {
      const Supposed without = supposed(failure, false);
      const Supposed with = supposed(failure, true);
      std::vector<std::vector<std::vector<double>>> absent;
      for (ServiceId s = 0; s < services; ++s) {
        std::vector<Within> levels_parts = recurring(failure, without[s], with[s]);
        for (LevelId l = 0; l < levels; ++l) {
          Within& part = levels_parts[l];
          double again = 0.0;
          for (std::size_t j = 0; j < part.left.size(); ++j)
            again += part.left[j].weight * part.again[j].again;
          if (again * weights[s] < kWorthCounting * outages_[s].front().share) continue;
          if (now.empty()) now = outage_shares(context_, ages_, nullptr);
          if (absent.empty()) absent = outage_shares(context_, ages_, &failure);
          for (std::size_t k = 0; k < ages_.size(); ++k)
            part.share.push_back(std::max(0.0, now[s][l][k] - absent[s][l][k]));
          part.share.back() = 0.0;
          parts[s].push_back(std::move(part));
        }
      }
    }
    std::vector<std::vector<DownFor>> result;
    for (ServiceId s = 0; s < services; ++s) result.push_back(together(outages_[s], parts[s]));
    return result;
  }

 private:
  /// The elements that have a part in the downtime of a service, and how large it is in each.
  [[nodiscard]] std::vector<std::pair<LongFailure, std::vector<double>>> weighed() const {
    const auto& [system, deployment, compiled, numbers, components] = context_;
    std::vector<double> p;
    std::vector<double> value;
    fill_probabilities(compiled, numbers, 1.0, p);
    compiled.diagram.probability(p, 1.0, value);
    const std::size_t services = outages_.size();
    std::map<std::pair<CauseKind, std::size_t>, std::vector<double>> weights;
    for (ServiceId s = 0; s < services; ++s) {
      const Sensitivity at = sensitivity(system, compiled, numbers, p, value, s, 1.0);
      for (std::size_t v = 0; v < compiled.variables.size(); ++v) {
        const VariableInfo& info = compiled.variables[v];
        const std::size_t first = compiled.diagram.first_probability(v);
        const double* const dp = at.dp.data() + first;
        double weight = 0.0;
        if (info.kind == VariableInfo::Kind::component) {
          const TableNumbers& table = numbers.tables[info.table];
          weight = table.core * element_derivatives(table, info.reachable[0], 1.0).core *
                   (dp[1] - dp[0]);
        } else {
          const std::size_t end = v + 1 < compiled.variables.size()
                                      ? compiled.diagram.first_probability(v + 1)
                                      : p.size();
          for (std::size_t i = first + 1; i < end; ++i) weight += p[i] * (at.dp[i] - at.dp[first]);
        }
        auto& mine = weights[{kind_of(info), info.subject}];
        mine.resize(services, 0.0);
        mine[s] += weight;
      }
    }
    std::vector<std::pair<LongFailure, std::vector<double>>> result;
    for (const LongFailure& failure : long_failures(system, compiled, numbers)) {
      const auto found = weights.find({failure.kind, failure.subject});
      if (found == weights.end()) continue;
      bool matters = false;
      for (ServiceId s = 0; s < services; ++s)
        matters = matters || found->second[s] > kWorthAsking * outages_[s].front().share;
      if (matters) result.emplace_back(failure, found->second);
    }
    return result;
  }

  [[nodiscard]] CauseKind kind_of(const VariableInfo& info) const {
    switch (info.kind) {
      case VariableInfo::Kind::domain: return CauseKind::domain;
      case VariableInfo::Kind::node: return CauseKind::node;
      case VariableInfo::Kind::claim: return CauseKind::claim;
      case VariableInfo::Kind::vertex: return CauseKind::vertex;
      case VariableInfo::Kind::link: return CauseKind::link;
      case VariableInfo::Kind::component:
        return context_.system.components[info.subject].chain ? CauseKind::chain
                                                              : CauseKind::external;
      default: return CauseKind::replica;  // no long failure is of this kind
    }
  }

  [[nodiscard]] Supposed supposed(const LongFailure& failure, bool failed) const {
    const auto& [system, deployment, compiled, now, components] = context_;
    Numbers numbers = now;
    suppose(compiled, failure, failed, numbers);
    std::vector<double> p;
    std::vector<double> value;
    fill_probabilities(compiled, numbers, 1.0, p);
    compiled.diagram.probability(p, 1.0, value);
    Supposed result(outages_.size());
    for (ServiceId s = 0; s < outages_.size(); ++s) {
      const auto entries =
          outage_flows(system, compiled, numbers, components, p, value, s, false).entries;
      for (LevelId l = 0; l < alone_.size(); ++l) {
        const OutageFlows flows =
            outage_flows(alone_[l], compiled, numbers, components, p, value, s);
        LevelDowns downs;
        downs.share = unavailability_of(alone_[l], compiled, numbers, value, s, 1.0);
        downs.rate = flows.total;
        for (const Cause& cause : flows.causes)
          if (cause.kind == failure.kind && cause.subject == name_of(system, failure))
            downs.rate -= cause.frequency;  // what it begins itself
        for (const double entry : flows.entries) downs.rate -= entry;
        downs.entry = entries[l] * system.levels[l].every;
        result[s].push_back(downs);
      }
    }
    return result;
  }

  /// Per level, what the failure adds; without shares.
  [[nodiscard]] std::vector<Within> recurring(const LongFailure& failure,
                                              const std::vector<LevelDowns>& without,
                                              const std::vector<LevelDowns>& with) const {
    std::vector<LevelDowns> beyond;
    for (LevelId l = 0; l < with.size(); ++l)
      beyond.push_back({std::clamp(with[l].share - without[l].share, 0.0, 1.0),
                        std::max(0.0, with[l].rate - without[l].rate),
                        std::max(0.0, with[l].entry - without[l].entry)});
    std::vector<Within> parts(with.size(), {{}, failure.left, {}});
    for (const TimeLeft& left : failure.left) {
      const std::vector<Recurrence> again = recurrences(context_.system, below_, beyond, left.mean);
      for (LevelId l = 0; l < parts.size(); ++l) parts[l].again.push_back(again[l]);
    }
    return parts;
  }

  /// Linear between the ages; 0 beyond them.
  [[nodiscard]] double at(const std::vector<double>& share, double age) const {
    const auto next = std::ranges::upper_bound(ages_, age);
    if (next == ages_.end()) return share.back();
    const auto k = static_cast<std::size_t>(next - ages_.begin());
    const double passed = (age - ages_[k - 1]) / (ages_[k] - ages_[k - 1]);
    return share[k - 1] + passed * (share[k] - share[k - 1]);
  }

  /// Ages of outages, and as many more as long as many together last.
  [[nodiscard]] std::vector<DownFor> grid(const std::vector<DownFor>& outages,
                                          const std::vector<Within>& parts) const {
    constexpr double kRatio = 1.1;
    constexpr double kLong = 30.0;  // means of an exponential law
    double longest = ages_.back();
    for (const Within& part : parts)
      for (const Recurrence& again : part.again)
        longest = std::max({longest, ages_.back() / (1.0 - again.again), kLong * again.mean});
    std::vector<DownFor> points = outages;
    for (double age = ages_.back() * kRatio; age < longest * kRatio; age *= kRatio)
      points.push_back({age, 0.0, false});
    return points;
  }

  [[nodiscard]] std::vector<DownFor> together(const std::vector<DownFor>& outages,
                                              const std::vector<Within>& parts) const {
    if (parts.empty()) return outages;
    double sum = 0.0;
    for (const Within& part : parts) sum += part.share.front();
    const double never = outages.back().share;
    // What several elements have to be failed for is in the part of each.
    const double scale = std::min(1.0, (outages.front().share - never) / sum);
    std::vector<double> now;
    for (const DownFor& point : outages) now.push_back(point.share);
    const auto share_at = [this](const std::vector<double>& share, double age) {
      return at(share, age);
    };
    std::vector<DownFor> points = grid(outages, parts);
    for (DownFor& point : points) {
      point.share = at(now, point.age);
      for (const Within& part : parts)
        point.share += scale * (part.together(point.age, share_at) - at(part.share, point.age));
      point.share = std::max(point.share, never);
    }
    points.back().share = never;
    return points;
  }

  const ServiceContext& context_;
  const std::vector<std::vector<DownFor>>& outages_;
  std::vector<double> ages_;
  std::vector<std::optional<LevelId>> below_;  ///< per level: where it is entered from
  std::vector<System> alone_;                  ///< per level: as if it always were that one
};

}  // namespace

std::vector<std::vector<DownFor>> episodes(const ServiceContext& context,
                                           const std::vector<std::vector<DownFor>>& outages) {
  if (outages.empty()) return outages;
  return Episodes(context, outages).run();
}

}  // namespace haplan::model
