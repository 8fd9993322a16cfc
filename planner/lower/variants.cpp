#include "planner/lower/variants.hpp"

#include <algorithm>
#include <set>

#include "model/system/check.hpp"
#include "model/system/variants.hpp"
#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

using Kind = Value::Kind;

void erase(Value& map, const std::string& name) {
  std::erase_if(map.fields, [&name](const auto& entry) { return entry.first == name; });
}

/// Fields that say the same in two ways: a variant with one of them means that one.
constexpr std::pair<const char*, const char*> kExclusive[] = {{"availability", "failures"},
                                                              {"availability", "mtbf"},
                                                              {"mtbf", "rate"},
                                                              {"replicas", "autoscale"},
                                                              {"httpGet", "tcpSocket"},
                                                              {"httpGet", "exec"},
                                                              {"httpGet", "grpc"},
                                                              {"tcpSocket", "exec"},
                                                              {"tcpSocket", "grpc"},
                                                              {"exec", "grpc"}};

void lay(Value& base, const Value& over) {
  if (base.kind != Kind::map || over.kind != Kind::map) {
    base = over;
    return;
  }
  for (const auto& [name, value] : over.fields) {
    for (const auto& [one, other] : kExclusive) {
      if (name == one) erase(base, other);
      if (name == other) erase(base, one);
    }
    const auto slot =
        std::find_if(base.fields.begin(), base.fields.end(),
                     [&name = name](const auto& entry) { return entry.first == name; });
    if (slot != base.fields.end())
      lay(slot->second, value);
    else
      base.fields.emplace_back(name, value);
  }
}

/// What the variant took away is gone: nothing may look at it by its name.
void drop_nulls(Value& value) {
  std::erase_if(value.fields, [](const auto& entry) { return entry.second.kind == Kind::null; });
  for (auto& [name, inner] : value.fields) drop_nulls(inner);
}

void move_paths(Value& value, const std::string& from, const std::string& to) {
  if (value.path.rfind(from + ".", 0) == 0) value.path = to + value.path.substr(from.size());
  for (auto& [name, inner] : value.fields) move_paths(inner, from, to);
  for (Value& item : value.items) move_paths(item, from, to);
  for (Value& choice : value.choices) move_paths(choice, from, to);
}

std::vector<std::pair<std::string, const Value*>> sorted_variants(const Value& variants) {
  std::vector<std::pair<std::string, const Value*>> sorted;
  for (const auto& [name, value] : variants.fields)
    if (value.kind == Kind::map) sorted.emplace_back(name, &value);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return model::natural_less(a.first, b.first); });
  return sorted;
}

std::vector<int> counts_of(const Value* value, int absent) {
  if (!value) return {absent};
  if (value->kind != Kind::range) return {static_cast<int>(value->value)};
  std::vector<int> counts;
  for (const Value& choice : value->choices) counts.push_back(static_cast<int>(choice.value));
  std::sort(counts.begin(), counts.end());
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  return counts;
}

/// Claims are shared by components, whatever their variants.
void check_own(Context& context, const std::string& name, const Value& variant) {
  const Value* storage = field(&variant, "storage");
  for (const char* own : {"claim", "accessMode", "failures"})
    if (const Value* given = field(storage, own))
      report(context, "HA094",
             "\"storage." + std::string(own) + "\" of variant \"" + name +
                 "\" belongs to the component",
             given->key, "claims are shared by components: write it there");
}

/// What all replicas of a mix have in common, or what cannot be chosen for some of them.
void check_mixed(Context& context, const std::string& name, const Value& variant) {
  for (const char* own :
       {"need", "autoscale", "serviceTime", "releases", "commonCause", "spread", "placement"})
    if (const Value* given = field(&variant, own))
      report(context, "HA094",
             "\"" + std::string(own) + "\" of variant \"" + name +
                 "\" belongs to the component, whose variants mix",
             given->key, "write it there, or leave out \"mix\"");
}

void check_ranges(Context& context, const std::string& name, const Value& value, bool top) {
  for (const auto& [key, inner] : value.fields) {
    if (top && key == "replicas") continue;
    if (inner.kind == Kind::range)
      report(context, "HA094",
             "\"" + key + "\" of variant \"" + name + "\" is left open, and its variants mix",
             inner.where, "give it a value, or leave it open for the whole component");
    else
      check_ranges(context, name, inner, false);
  }
}

/// What `mix` needs; false when there is no mix.
bool check_mix(Context& context, const Value& component) {
  const Value* mix = field(&component, "mix");
  if (!mix || !mix->boolean) return false;
  if (const Value* autoscale = field(&component, "autoscale"))
    report(context, "HA093", "an autoscaler cannot mix variants", autoscale->key,
           "give \"replicas\", or leave out \"mix\"");
  return true;
}

/// Moves what was lowered as a component of its own into the component's list.
class Collector {
 public:
  Collector(Context& context, model::ComponentId id) : context_(context), id_(id) {}

  void take(const std::string& name, const Value& merged) {
    const model::ComponentId own = context_.system().components.size();
    model::Component body;
    body.name = context_.system().components[id_].name;
    body.type = context_.system().components[id_].type;
    context_.system().components.push_back(std::move(body));
    context_.before().components.emplace_back();
    context_.out.extras.emplace_back();
    context_.component_values.push_back(&merged);
    lower_whole_component(context_, own);

    bodies_.push_back(std::move(context_.system().components.back()));
    bodies_.back().name = name;
    plans_.push_back(std::move(context_.before().components.back()));
    extras_.push_back(std::move(context_.out.extras.back()));
    context_.system().components.pop_back();
    context_.before().components.pop_back();
    context_.out.extras.pop_back();
    context_.component_values.pop_back();
    adopt_decisions(own);
  }

  /// The component looks like the variant that it starts with.
  void finish(std::size_t first) {
    model::Component& component = context_.system().components[id_];
    model::Component whole = bodies_[first];
    whole.name = component.name;
    whole.variants = std::move(bodies_);
    component = std::move(whole);
    model::ComponentPlan& plan = context_.before().components[id_];
    plan = plans_[first];
    plan.variants = std::move(plans_);
    context_.out.extras[id_] = extras_[first];
  }

  std::vector<model::ComponentPlan>& plans() { return plans_; }

 private:
  /// A setting that several variants have from the component is one decision for all of them.
  void adopt_decisions(model::ComponentId own) {
    auto& decisions = context_.out.problem.decisions;
    const std::size_t variant = bodies_.size() - 1;
    std::vector<solver::Decision> mine;
    std::erase_if(decisions, [&](solver::Decision& decision) {
      if (decision.component != own) return false;
      mine.push_back(std::move(decision));
      return true;
    });
    for (solver::Decision& decision : mine) {
      const auto known = std::find_if(decisions.begin(), decisions.end(), [&](const auto& other) {
        return other.component == id_ && other.path == decision.path;
      });
      if (known != decisions.end()) {
        known->variants.push_back(variant);
        continue;
      }
      decision.component = id_;
      decision.variants = {variant};
      decisions.push_back(std::move(decision));
    }
  }

  Context& context_;
  model::ComponentId id_;
  std::vector<model::Component> bodies_;
  std::vector<model::ComponentPlan> plans_;
  std::vector<ComponentExtras> extras_;
};

/// Exactly one of the variants runs; the first in name order, until something else is chosen.
void open_alone(Context& context, model::ComponentId id, Collector& collector,
                const std::vector<const Value*>& merged) {
  solver::VariantChoice choice{.component = id, .allowed = {}, .counts = {}, .totals = {}};
  for (std::size_t v = 0; v < merged.size(); ++v) {
    const bool counted =
        context.system().components[id].replicated() && !field(merged[v], "autoscale");
    choice.allowed.push_back(v);
    choice.counts.push_back(counted ? counts_of(field(merged[v], "replicas"), 1)
                                    : std::vector<int>{1});
    collector.plans()[v].replicas = v == 0 ? choice.counts[v].front() : 0;
  }
  collector.finish(0);
  if (merged.size() > 1) context.out.problem.choices.push_back(std::move(choice));
}

/// Any number of each; the fewest replicas, of the first variants in name order that may run.
void open_mixed(Context& context, model::ComponentId id, Collector& collector,
                const Value& component, const Value& variants) {
  auto& decisions = context.out.problem.decisions;
  std::erase_if(decisions, [id](const solver::Decision& decision) {
    return decision.component == id && decision.setting == solver::Setting::replicas;
  });
  solver::VariantChoice choice{.component = id, .allowed = {}, .counts = {}, .totals = {}};
  const Value* total = field(&component, "replicas");
  choice.totals = counts_of(total, 1);
  int left = choice.totals.empty() ? 0 : choice.totals.front();
  for (const auto& [name, variant] : sorted_variants(variants)) {
    const std::size_t v = choice.allowed.size();
    choice.allowed.push_back(v);
    const Value* own = field(variant, "replicas");
    std::vector<int> counts;
    if (own) {
      counts = counts_of(own, 1);
    } else {
      const int most = choice.totals.empty() ? 0 : choice.totals.back();
      for (int n = 1; n <= most; ++n) counts.push_back(n);
    }
    counts.insert(counts.begin(), 0);
    const auto fits =
        std::find_if(counts.rbegin(), counts.rend(), [left](int count) { return count <= left; });
    collector.plans()[v].replicas = fits == counts.rend() ? 0 : *fits;
    left -= collector.plans()[v].replicas;
    choice.counts.push_back(std::move(counts));
  }
  collector.finish(0);
  model::ComponentPlan& plan = context.before().components[id];
  plan.replicas = choice.totals.empty() ? 0 : choice.totals.front() - left;
  if (left > 0)
    report(context, "HA093",
           "the variants of \"" + context.system().components[id].name + "\" cannot make up " +
               std::to_string(choice.totals.front()) + " replicas",
           total ? total->where : component.key, "allow more replicas of a variant");
  context.out.problem.choices.push_back(std::move(choice));
}

/// With a throughput of some, the others would serve nothing that counts.
void check_throughputs(Context& context, const std::vector<const Value*>& merged) {
  const auto given = [](const Value* value) { return field(value, "throughput") != nullptr; };
  if (std::ranges::all_of(merged, given) || std::ranges::none_of(merged, given)) return;
  const Value* without = *std::ranges::find_if_not(merged, given);
  report(context, "HA093", "some of the variants that mix have a throughput and some have none",
         without->key, "give each its \"throughput\", or the component one");
}

}  // namespace

Value over_component(const Value& component, const Value& variant, bool moved) {
  Value merged = component;
  for (const char* own : {"variants", "mix"}) erase(merged, own);
  Value over = variant;
  if (moved) move_paths(over, variant.path, component.path);
  lay(merged, over);
  drop_nulls(merged);
  if (moved) {
    // Under a key that no spec may have: which of its variants the component is.
    Value name;
    name.kind = Kind::text;
    name.text = variant.path.substr(variant.path.rfind('.') + 1);
    merged.fields.emplace_back(kVariant, std::move(name));
  }
  merged.path = moved ? component.path : variant.path;
  merged.where = component.where;
  merged.key = moved ? component.key : variant.key;
  return merged;
}

void lower_variants(Context& context, model::ComponentId id) {
  const Value& component = *context.component_values[id];
  const Value& variants = *field(&component, "variants");
  const auto sorted = sorted_variants(variants);
  if (sorted.empty()) {
    report(context, "HA004", "\"variants\" has none", variants.key,
           "name at least one way to run it");
    return;
  }
  check_applicable(context, id);
  const bool mixed = check_mix(context, component);
  Collector collector(context, id);
  std::vector<const Value*> merged;
  for (const auto& [name, variant] : sorted) {
    check_own(context, name, *variant);
    if (mixed) {
      check_mixed(context, name, *variant);
      check_ranges(context, name, *variant, true);
    }
    Value& one = context.variant_values.emplace_back(over_component(component, *variant, false));
    merged.push_back(&one);
    collector.take(name, one);
  }
  if (mixed) check_throughputs(context, merged);
  if (mixed)
    open_mixed(context, id, collector, component, variants);
  else
    open_alone(context, id, collector, merged);
  context.system().components[id].mix = mixed;
  context.variants_of[id] = std::move(merged);
}

namespace {

void refuse(Diagnostics& diagnostics, std::string message, const SourceRef& where,
            std::string suggestion) {
  diagnostics.push_back(
      {Severity::error, "HA081", std::move(message), where, std::move(suggestion), {}});
}

/// The one variant that a plan runs; nothing after a diagnostic.
const std::pair<std::string, Value>* planned_variant(const std::string& component,
                                                     const Value& variants, const Value& planned,
                                                     Diagnostics& diagnostics) {
  const std::pair<std::string, Value>* one = nullptr;
  for (const auto& entry : planned.fields) {
    if (!variants.find(entry.first)) {
      std::vector<std::string> names;
      for (const auto& [name, value] : variants.fields) names.push_back(name);
      refuse(diagnostics,
             "\"" + component + "\" has no variant \"" + entry.first + "\" that a plan could run",
             entry.second.key, suggest_word(entry.first, names));
      return nullptr;
    }
    if (entry.second.value <= 0.0) continue;
    if (one) {
      refuse(diagnostics, "the plan runs several variants of \"" + component + "\"",
             entry.second.key, "only one can run: the component does not \"mix\"");
      return nullptr;
    }
    one = &entry;
  }
  if (!one)
    refuse(diagnostics, "the plan runs no variant of \"" + component + "\"", planned.key,
           "as {" + variants.fields.front().first + ": 2}");
  return one;
}

/// "replicas" in the plan instead of "variants".
void plan_replicas(const std::string& component, const Value& merged, const Value& count,
                   Value& planned, Diagnostics& diagnostics) {
  erase(planned, "variants");
  const Value* type = merged.find("type");
  const bool counted = (!type || type->text != "external") && !merged.find("autoscale");
  if (counted) {
    erase(planned, "replicas");
    planned.fields.emplace_back("replicas", count);
  } else if (count.value != 1.0) {
    refuse(
        diagnostics,
        "the plan runs " + count.text + " of \"" + component + "\", whose replicas it cannot set",
        count.where, "1: it runs in this way");
  }
}

}  // namespace

std::optional<Value> with_planned_variants(const Value& document, Diagnostics& diagnostics) {
  const Value* spec = document.find("spec");
  const Value* components = field(spec, "components");
  const Value* planned = field(field(spec, "plan"), "components");
  if (!components || !planned) return std::nullopt;
  std::map<std::string, std::pair<std::string, Value>> chosen;
  for (const auto& [name, plan] : planned->fields) {
    const Value* component = field(components, name);
    const Value* variants = field(component, "variants");
    const Value* running = field(&plan, "variants");
    const Value* mix = field(component, "mix");
    if (!variants || variants->fields.empty() || !running || (mix && mix->boolean)) continue;
    if (const auto* one = planned_variant(name, *variants, *running, diagnostics))
      chosen[name] = *one;
  }
  if (chosen.empty()) return std::nullopt;
  std::map<std::string, std::string> names;
  for (const auto& [name, one] : chosen) names[name] = one.first;
  Value fixed = with_variants(document, names);
  const auto part = [](Value& map, const std::string& name) -> Value& {
    return std::find_if(map.fields.begin(), map.fields.end(),
                        [&name](const auto& entry) { return entry.first == name; })
        ->second;
  };
  Value& fixed_spec = part(fixed, "spec");
  for (const auto& [name, one] : chosen)
    plan_replicas(name, part(part(fixed_spec, "components"), name), one.second,
                  part(part(part(fixed_spec, "plan"), "components"), name), diagnostics);
  return fixed;
}

}  // namespace haplan::planner::lowering

namespace haplan::planner {

Value with_variants(const Value& document, const std::map<std::string, std::string>& chosen) {
  Value copy = document;
  for (auto& [part, spec] : copy.fields) {
    if (part != "spec") continue;
    for (auto& [name, components] : spec.fields) {
      if (name != "components") continue;
      for (auto& [component, value] : components.fields) {
        const auto found = chosen.find(component);
        const Value* variants = value.find("variants");
        if (found == chosen.end() || !variants) continue;
        const Value* variant = variants->find(found->second);
        if (variant) value = lowering::over_component(value, Value(*variant), true);
      }
    }
  }
  return copy;
}

void place_before(solver::Problem& problem) {
  model::Resolved plain = model::resolve(problem.system, problem.before);
  for (model::ComponentId id = 0; id < plain.system.components.size(); ++id) {
    solver::place_round_robin(plain.system, plain.deployment, id);
    problem.before.components[id].nodes = plain.deployment.components[id].nodes;
  }
}

}  // namespace haplan::planner
