#include "solver/spending.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/system/load.hpp"
#include "model/system/variants.hpp"

namespace haplan::solver {

namespace {

using Wide = Amount::Wide;

Wide divisor_of(Wide a, Wide b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a;
}

Amount reduced(Wide num, Wide den) {
  const Wide common = divisor_of(num, den);
  return common > 1 ? Amount{num / common, den / common} : Amount{num, den};
}

/// Binary fraction with 60 digits: where the exact one has too many.
Amount rounded(long double value) {
  if (value <= 0.0L) return {};
  int exponent = 0;
  const long double mantissa = std::frexp(value, &exponent);
  const auto digits = static_cast<Wide>(std::ldexp(mantissa, 60));
  exponent -= 60;
  if (exponent >= 0) return {digits << std::min(exponent, 60), 1};
  return reduced(digits, Wide{1} << std::min(-exponent, 120));
}

long double wide_value(const Amount& a) {
  return static_cast<long double>(a.num) / static_cast<long double>(a.den);
}

bool times(Wide a, Wide b, Wide& product) { return !__builtin_mul_overflow(a, b, &product); }

/// A resource's unit in what a price is for: memory is priced by the GiB.
constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr std::int64_t kThousandths = 1000;

Amount request_of(const model::Component& body, const std::string& resource) {
  const auto found = body.requests.find(resource);
  return found == body.requests.end() ? Amount{} : reduced(found->second, kThousandths);
}

/// Replicas of each way in which a component runs at a level.
template <class Visit>
void each_running(const model::System& system, const model::LoadTable& load,
                  const model::Deployment& deployment, model::LevelId level, const Visit& visit) {
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    const model::Component& component = system.components[c];
    const model::ComponentPlan& plan = deployment.components[c];
    if (component.type == model::ComponentType::gate) continue;
    if (component.variants.empty())
      visit(component,
            component.replicated() ? model::replicas_at(system, load, plan, c, level) : 1);
    for (std::size_t v = 0; v < component.variants.size(); ++v)
      if (plan.variants[v].replicas > 0) visit(component.variants[v], plan.variants[v].replicas);
  }
}

template <class One>
std::vector<Amount> per_level(const Problem& problem, const model::Deployment& deployment,
                              const One& one) {
  const model::Resolved plain = model::resolve(problem.system, deployment);
  const model::LoadTable load = model::load_table(plain.system);
  std::vector<Amount> levels;
  for (model::LevelId level = 0; level < plain.system.levels.size(); ++level) {
    Amount& sum = levels.emplace_back();
    each_running(plain.system, load, plain.deployment, level,
                 [&](const model::Component& body, int replicas) {
                   sum = sum_of(sum, product_of({replicas, 1}, one(body)));
                 });
  }
  return levels;
}

Amount largest(const std::vector<Amount>& levels) {
  Amount most;
  for (const Amount& one : levels)
    if (compare(one, most) > 0) most = one;
  return most;
}

/// The mean is that of shares as they are stored.
Cost over_levels(const Problem& problem, const std::vector<Amount>& levels) {
  Cost cost{.peak = largest(levels), .mean = {}};
  for (model::LevelId level = 0; level < levels.size(); ++level)
    cost.mean =
        sum_of(cost.mean, product_of(levels[level], rounded(problem.system.levels[level].share)));
  return cost;
}

}  // namespace

double Amount::value() const { return static_cast<double>(wide_value(*this)); }

Amount amount_of(const model::Rational& value) { return {value.num, value.den}; }

Amount sum_of(const Amount& a, const Amount& b) {
  const Wide common = divisor_of(a.den, b.den);
  Wide left = 0;
  Wide right = 0;
  Wide num = 0;
  Wide den = 0;
  if (times(a.num, b.den / common, left) && times(b.num, a.den / common, right) &&
      times(a.den, b.den / common, den) && !__builtin_add_overflow(left, right, &num))
    return reduced(num, den);
  return rounded(wide_value(a) + wide_value(b));
}

Amount product_of(const Amount& a, const Amount& b) {
  const Amount ab = reduced(a.num, b.den);
  const Amount ba = reduced(b.num, a.den);
  Wide num = 0;
  Wide den = 0;
  if (times(ab.num, ba.num, num) && times(ab.den, ba.den, den)) return {num, den};
  return rounded(wide_value(a) * wide_value(b));
}

model::Rational at_most(double value) {
  constexpr int kDigits = 60;
  if (value <= 0.0) return {0, 1};
  int exponent = 0;
  std::frexp(value, &exponent);
  const int scale = std::clamp(kDigits - exponent, 0, kDigits);
  return {static_cast<std::int64_t>(std::floor(std::ldexp(value, scale))),
          std::int64_t{1} << scale};
}

int compare(const Amount& a, const Amount& b) {
  Wide left = 0;
  Wide right = 0;
  if (times(a.num, b.den, left) && times(b.num, a.den, right))
    return left < right ? -1 : left > right ? 1 : 0;
  const long double x = wide_value(a);
  const long double y = wide_value(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

Amount cost_of_one(const Problem& problem, const model::Component& body) {
  Amount sum;
  for (const auto& [resource, price] : problem.prices) {
    Amount amount = request_of(body, resource);
    if (resource == "memory") amount = product_of(amount, {1, kGiB});
    sum = sum_of(sum, product_of(amount, amount_of(price)));
  }
  return sum;
}

Amount spent_by_one(const Problem& problem, const Budget& budget, const model::Component& body) {
  switch (budget.kind) {
    case Budget::Kind::replicas: return {body.replicated() ? 1 : 0, 1};
    case Budget::Kind::cost: return cost_of_one(problem, body);
    case Budget::Kind::cpu: return request_of(body, "cpu");
    case Budget::Kind::memory: return request_of(body, "memory");
    case Budget::Kind::uses: break;
  }
  const auto found = body.uses.find(budget.name);
  return found == body.uses.end() ? Amount{} : amount_of(found->second);
}

std::vector<Amount> spent(const Problem& problem, const model::Deployment& deployment,
                          const Budget& budget) {
  return per_level(problem, deployment, [&](const model::Component& body) {
    return spent_by_one(problem, budget, body);
  });
}

Cost cost_of(const Problem& problem, const model::Deployment& deployment) {
  return over_levels(problem, per_level(problem, deployment, [&](const model::Component& body) {
                       return cost_of_one(problem, body);
                     }));
}

Cost replicas_of(const Problem& problem, const model::Deployment& deployment) {
  return over_levels(problem, per_level(problem, deployment, [](const model::Component& body) {
                       return Amount{body.replicated() ? 1 : 0, 1};
                     }));
}

std::vector<BudgetUse> budget_uses(const Problem& problem, const model::Deployment& deployment) {
  std::vector<BudgetUse> uses;
  for (const Budget& budget : problem.budgets) {
    const Amount used = largest(spent(problem, deployment, budget));
    uses.push_back({.name = budget.name,
                    .limit = budget.limit.value(),
                    .used = used.value(),
                    .kept = compare(used, amount_of(budget.limit)) <= 0});
  }
  return uses;
}

bool keeps_budgets(const Problem& problem, const model::Deployment& deployment) {
  return std::ranges::all_of(budget_uses(problem, deployment), &BudgetUse::kept);
}

}  // namespace haplan::solver
