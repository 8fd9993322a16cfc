#include <algorithm>
#include <set>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

using Kind = solver::Budget::Kind;

constexpr std::pair<const char*, Kind> kReserved[] = {{"replicas", Kind::replicas},
                                                      {"cost", Kind::cost},
                                                      {"cpu", Kind::cpu},
                                                      {"memory", Kind::memory}};

/// Every way in which some component may run.
template <class Visit>
void each_body(const model::System& system, const Visit& visit) {
  for (const model::Component& component : system.components) {
    visit(component);
    for (const model::Component& variant : component.variants) visit(variant);
  }
}

/// Of some component a variant was picked: what the others use and request is not seen any more.
bool picked(const model::System& system) {
  return std::ranges::any_of(system.components,
                             [](const model::Component& c) { return !c.variant.empty(); });
}

void lower_prices(Context& context) {
  const Value* prices = field(context.spec, "prices");
  if (!prices) return;
  std::set<std::string> known{"cpu", "memoryGiB"};
  each_body(context.system(), [&](const model::Component& body) {
    for (const auto& [name, amount] : body.requests)
      if (name != "memory") known.insert(name);
  });
  for (const model::Node& node : context.system().nodes)
    for (const auto& [name, amount] : node.capacity)
      if (name != "memory") known.insert(name);
  for (const auto& [name, price] : prices->fields) {
    if (price.kind == Value::Kind::null) continue;
    if (!known.count(name) && (name == "memory" || !picked(context.system())))
      report(context, "HA091", "\"" + name + "\" has a price, but nothing requests it", price.key,
             name == "memory" ? "memory is priced by the GiB: write memoryGiB"
                              : suggest_word(name, {known.begin(), known.end()}));
    context.out.problem.prices[name == "memoryGiB" ? "memory" : name] = price.exact;
  }
}

void lower_budgets(Context& context) {
  const Value* budgets = field(context.spec, "budgets");
  if (!budgets) return;
  std::set<std::string> used;
  each_body(context.system(), [&](const model::Component& body) {
    for (const auto& [name, amount] : body.uses) used.insert(name);
  });
  for (const auto& [name, limit] : budgets->fields) {
    if (limit.kind == Value::Kind::null) continue;
    const auto reserved = std::ranges::find_if(
        kReserved, [&name = name](const auto& row) { return name == row.first; });
    const bool is_reserved = reserved != std::end(kReserved);
    if (!is_reserved && !used.count(name) && !picked(context.system())) {
      std::vector<std::string> names{used.begin(), used.end()};
      for (const auto& [own, kind] : kReserved) names.emplace_back(own);
      report(context, "HA088", "nothing uses \"" + name + "\", so that it cannot be limited",
             limit.key, suggest_word(name, names));
    }
    if (is_reserved && reserved->second == Kind::cost && context.out.problem.prices.empty())
      report(context, "HA090", "a budget of cost needs prices", limit.key,
             "add \"prices\", as {cpu: 20, memoryGiB: 3}");
    context.out.problem.budgets.push_back(
        {.kind = is_reserved ? reserved->second : Kind::uses, .name = name, .limit = limit.exact});
  }
  std::ranges::sort(context.out.problem.budgets, {}, &solver::Budget::name);
}

}  // namespace

bool is_reserved_budget(const std::string& name) {
  return std::ranges::any_of(kReserved, [&name](const auto& row) { return name == row.first; });
}

void lower_preference(Context& context) {
  solver::Problem& problem = context.out.problem;
  lower_prices(context);
  lower_budgets(context);
  if (const Value* minimize = field(context.spec, "minimize")) {
    problem.minimize.clear();
    for (const Value& word : minimize->items) {
      const auto what =
          word.text == "cost" ? solver::Preference::cost : solver::Preference::replicas;
      if (std::ranges::find(problem.minimize, what) == problem.minimize.end())
        problem.minimize.push_back(what);
      if (what == solver::Preference::cost && problem.prices.empty())
        report(context, "HA090", "the least cost needs prices", word.where,
               "add \"prices\", as {cpu: 20, memoryGiB: 3}");
    }
    if (problem.minimize.empty()) problem.minimize.push_back(solver::Preference::replicas);
  }
  const Value* maximize = field(context.spec, "maximize");
  if (!maximize) return;
  problem.maximize_availability = true;
  if (problem.objectives.empty())
    report(context, "HA092", "nothing says whose availability is meant", maximize->key,
           "name the services in \"objectives\", as {chat: {}}");
}

}  // namespace haplan::planner::lowering
