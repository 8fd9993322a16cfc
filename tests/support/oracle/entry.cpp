#include <algorithm>
#include <array>
#include <map>

#include "tests/support/oracle/figures.hpp"

// Entries of a level, over the joint states just before and just after.
namespace haplan::test::oracle {

namespace {

/// Probability of being (down before) + 2 * (down after).
using Joint = std::array<Real, 4>;

class Entry {
 public:
  Entry(const World& world, model::LevelId before, model::LevelId after, model::ServiceId service)
      : world_(world),
        before_(before),
        after_(after),
        service_(service),
        vars_before_(variables(world, before, service)),
        vars_(variables(world, after, service)) {
    for (std::size_t x = 0; x < (std::size_t{1} << vars_.size()); ++x) {
      up_.push_back(service_up(world.system, service, vars_, x));
    }
  }

  /// P(up before and down after) with these replicas able to serve.
  Real probability(const std::vector<unsigned>& able_before,
                   const std::vector<unsigned>& able_after) const {
    std::vector<Joint> joint;
    for (std::size_t v = 0; v < vars_.size(); ++v)
      joint.push_back(variable(v, able_before, able_after));
    return sum(joint, 0, 0, 0, 1);
  }

 private:
  Joint own(std::size_t v, const std::vector<unsigned>& able_before,
            const std::vector<unsigned>& able_after) const {
    const auto& component = vars_[v].component;
    if (!component || !world_.system.components[*component].replicated()) {
      return {1 - vars_[v].own_u, 0, 0, vars_[v].own_u};
    }
    const model::ComponentId c = *component;
    const int n = std::max(world_.load.replicas[before_][c], world_.load.replicas[after_][c]);
    Joint out{};
    for (unsigned healthy = 0; healthy < (1U << n); ++healthy) {
      Real p = 1;
      for (int i = 0; i < n; ++i)
        p *= (healthy >> i & 1U) != 0 ? 1 - world_.replica[c].u : world_.replica[c].u;
      const bool down_before =
          __builtin_popcount(healthy & able_before[c]) < threshold(world_, before_, c);
      const bool down_after =
          __builtin_popcount(healthy & able_after[c]) < threshold(world_, after_, c);
      out[(down_before ? 1U : 0U) + (down_after ? 2U : 0U)] += p;
    }
    return out;
  }

  Joint variable(std::size_t v, const std::vector<unsigned>& able_before,
                 const std::vector<unsigned>& able_after) const {
    Joint out = own(v, able_before, able_after);
    const auto fail = [&out](Real u, unsigned what) {
      Joint next{};
      for (unsigned i = 0; i < 4; ++i) {
        next[i | what] += u * out[i];
        next[i] += (1 - u) * out[i];
      }
      out = next;
    };
    for (const Factor& f : vars_[v].factors) f.ramp ? fail(1, 2) : fail(f.u, 3);
    for (const Variable& other : vars_before_) {
      if (other.component != vars_[v].component || other.gate != vars_[v].gate) continue;
      for (const Factor& f : other.factors) {
        if (f.ramp) fail(f.u, 1);
      }
    }
    return out;
  }

  Real sum(const std::vector<Joint>& joint, std::size_t v, std::size_t before, std::size_t after,
           Real p) const {
    if (p == 0) return 0;
    if (v == joint.size()) return up_[before] && !up_[after] ? p : 0;
    Real total = 0;
    for (unsigned i = 0; i < 4; ++i) {
      total += sum(joint, v + 1, before | std::size_t{(i & 1U) == 0} << v,
                   after | std::size_t{(i & 2U) == 0} << v, p * joint[v][i]);
    }
    return total;
  }

  const World& world_;
  model::LevelId before_, after_;
  model::ServiceId service_;
  std::vector<Variable> vars_before_, vars_;
  std::vector<bool> up_;
};

}  // namespace

Real entry_frequency(const World& world, model::LevelId level, model::ServiceId service) {
  std::optional<model::LevelId> lower;
  const auto& rate = world.load.service_rate;
  for (std::size_t l = 0; l < rate.size(); ++l) {
    const bool below = rate[l][service] < rate[level][service];
    if (below && (!lower || rate[l][service] > rate[*lower][service])) lower = l;
  }
  if (!lower) return 0;
  const Entry entry(world, *lower, level, service);
  std::map<std::pair<std::vector<unsigned>, std::vector<unsigned>>, Real> weight;
  std::vector<int> state(world.elements.size(), 0);
  for (;;) {
    Real p = 1;
    for (std::size_t e = 0; e < state.size(); ++e) {
      const Element& element = world.elements[e];
      Real up = 1;
      for (const Real q : element.q) up -= q;
      p *=
          state[e] == 0 ? std::max(up, Real(0)) : element.q[static_cast<std::size_t>(state[e] - 1)];
    }
    weight[{capability(world, *lower, state), capability(world, level, state)}] += p;
    std::size_t e = 0;
    while (e < state.size() && ++state[e] > static_cast<int>(world.elements[e].q.size()))
      state[e++] = 0;
    if (e == state.size()) break;
  }
  Real sum = 0;
  for (const auto& [able, p] : weight) sum += p * entry.probability(able.first, able.second);
  return sum / world.system.levels[level].every;
}

}  // namespace haplan::test::oracle
