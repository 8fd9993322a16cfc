#include <algorithm>

#include "model/system/check.hpp"
#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

model::RepairLaw law_of(const std::string& name) {
  if (name == "fixed") return model::RepairLaw::fixed;
  if (name == "lognormal") return model::RepairLaw::lognormal;
  return model::RepairLaw::exponential;
}

void enter_domains(Context& context, const Value* domains) {
  if (!domains) return;
  std::vector<const std::pair<std::string, Value>*> sorted;
  for (const auto& entry : domains->fields) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return model::natural_less(a->first, b->first); });
  for (const auto* entry : sorted) {
    const Value& value = entry->second;
    context.domains[entry->first] = context.system().domains.size();
    context.system().domains.push_back({.name = entry->first,
                                        .level = text_or(&value, "level", "domain"),
                                        .parent = std::nullopt,
                                        .modes = domain_modes(context, field(&value, "failures")),
                                        .down = text_or(&value, "state", "up") == "down"});
  }
}

std::optional<model::DomainId> domain_named(Context& context, const Value& name) {
  const auto found = context.domains.find(name.text);
  if (found != context.domains.end()) return found->second;
  report(context, "HA052", "unknown domain \"" + name.text + "\" in \"in\"", name.where,
         suggest_word(name.text, names_of(context.domains)));
  return std::nullopt;
}

void link_domains(Context& context, const Value* domains) {
  if (!domains) return;
  for (const auto& [name, value] : domains->fields)
    if (const Value* in = field(&value, "in"))
      context.system().domains[context.domains[name]].parent = domain_named(context, *in);
  auto& all = context.system().domains;
  for (model::DomainId start = 0; start < all.size(); ++start) {
    std::string path = all[start].name;
    std::vector<model::DomainId> chain{start};
    for (std::optional<model::DomainId> d = all[start].parent; d; d = all[*d].parent) {
      path += " -> " + all[*d].name;
      if (*d == start) {
        const Value* in = field(domains->find(all[start].name), "in");
        report(context, "HA053", "domains contain each other: " + path, in->where,
               "a domain lies in at most one larger domain, which does not lie in it");
        // Cut every link of this cycle, so that it is reported once and later walks end.
        for (const model::DomainId cut : chain) all[cut].parent.reset();
        break;
      }
      if (std::find(chain.begin(), chain.end(), *d) != chain.end()) break;  // its own turn comes
      chain.push_back(*d);
    }
  }
}

void enter_pool(Context& context, const std::string& pool, const Value& value) {
  const Value* count = field(&value, "count");
  const std::int64_t n = count ? count->exact.num : 1;
  if (count && (n < 1 || n > 5000)) {
    report(context, "HA084", "a pool has between 1 and 5000 nodes", count->where);
    return;
  }
  const std::vector<const Value*> in = texts(field(&value, "in"));
  std::vector<std::optional<model::DomainId>> parents;
  for (const Value* name : in) parents.push_back(domain_named(context, *name));
  model::Node node{.name = pool,
                   .pool = pool,
                   .parent = std::nullopt,
                   .modes = domain_modes(context, field(&value, "failures")),
                   .down = text_or(&value, "state", "up") == "down",
                   .capacity = resources_of(field(&value, "capacity"), false),
                   .labels = {}};
  if (const Value* labels = field(&value, "labels"))
    for (const auto& [key, label] : labels->fields) node.labels[key] = label.text;
  for (std::int64_t i = 0; i < n; ++i) {
    if (count) node.name = pool + "-" + std::to_string(i + 1);
    if (!parents.empty()) node.parent = parents[static_cast<std::size_t>(i) % parents.size()];
    context.system().nodes.push_back(node);
  }
}

/// Enters names for pin and forbid; a name that two kinds of things bear would be ambiguous.
void enter_node_sets(Context& context, const Value* nodes, const Value* domains) {
  const auto& all = context.system().nodes;
  const auto& tree = context.system().domains;
  for (model::NodeId n = 0; n < all.size(); ++n) {
    context.node_sets[all[n].name].push_back(n);
    if (all[n].pool != all[n].name) context.node_sets[all[n].pool].push_back(n);
    for (std::optional<model::DomainId> d = all[n].parent; d; d = tree[*d].parent)
      context.node_sets[tree[*d].name].push_back(n);
  }
  for (const auto& domain : tree)
    context.node_sets[domain.name];  // one without nodes is still known
  for (model::NodeId n = 1; n < all.size(); ++n)
    if (all[n].name == all[n - 1].name)
      report(context, "HA080", "two nodes are named \"" + all[n].name + "\"",
             nodes->find(all[n].pool)->key, "rename the pool or the node");
  if (!domains) return;
  for (const auto& [name, value] : domains->fields)
    for (const auto& node : all)
      if (node.name == name || node.pool == name) {
        report(context, "HA080", "\"" + name + "\" names a domain and a node or pool", value.key,
               "rename one of them, because pin and forbid could mean either");
        break;
      }
}

void lower_drain(Context& context, const Value* cluster) {
  const Value* drain = field(field(cluster, "maintenance"), "drain");
  if (!drain) return;
  const double every = required_duration(context, *drain, "every");
  const double per_node = required_duration(context, *drain, "perNode");
  if (every <= 0.0) {
    if (const Value* value = field(drain, "every")) require_positive(context, *value);
    return;
  }
  const auto nodes = static_cast<double>(context.system().nodes.size());
  if (nodes * per_node / every >= 1.0)
    report(context, "HA061",
           "draining " + std::to_string(context.system().nodes.size()) +
               " nodes one after another takes longer than \"every\"",
           drain->key, "drain less often, or shorten perNode");
  context.system().drain = model::Drain{.every = every, .per_node = per_node};
}

}  // namespace

std::vector<model::DomainMode> domain_modes(Context& context, const Value* failures) {
  std::vector<model::DomainMode> modes;
  if (!failures) return modes;
  for (const auto& [name, value] : failures->fields) {
    model::DomainMode mode{.name = name,
                           .rate = rate_of(context, value),
                           .repair = required_duration(context, value, "repair"),
                           .law = law_of(text_or(&value, "distribution", "exponential")),
                           .sigma = number_or(&value, "sigma", 0.0)};
    const Value* sigma = field(&value, "sigma");
    if (mode.law == model::RepairLaw::lognormal && !sigma)
      report(context, "HA004", "a lognormal repair needs \"sigma\"", value.key, "add \"sigma\"");
    if (mode.law != model::RepairLaw::lognormal && sigma)
      report(context, "HA068", "\"sigma\" applies to a lognormal repair only", sigma->key,
             "add \"distribution: lognormal\", or remove it");
    if (sigma && mode.law == model::RepairLaw::lognormal) require_positive(context, *sigma);
    modes.push_back(std::move(mode));
  }
  return modes;
}

void lower_cluster(Context& context) {
  const Value* cluster = field(context.spec, "cluster");
  const Value* domains = field(cluster, "domains");
  const Value* nodes = field(cluster, "nodes");
  enter_domains(context, domains);
  link_domains(context, domains);
  if (nodes)
    for (const auto& [pool, value] : nodes->fields) enter_pool(context, pool, value);
  auto& all = context.system().nodes;
  std::stable_sort(all.begin(), all.end(), [](const model::Node& a, const model::Node& b) {
    return model::natural_less(a.name, b.name);
  });
  enter_node_sets(context, nodes, domains);

  if (const Value* detection = field(cluster, "nodeDetection")) {
    auto& times = context.system().node_detection;
    if (detection->kind == Value::Kind::map) {
      times.mean = number_or(detection, "mean", times.mean);
      times.worst = number_or(detection, "worst", std::max(times.worst, times.mean));
      if (times.worst < times.mean)
        report(context, "HA084", "\"worst\" is below \"mean\"", detection->key);
    } else {
      times = {.mean = detection->value, .worst = detection->value};
    }
  }
  context.system().propagation = number_or(cluster, "propagation", 1.0);
  context.before().toleration_seconds =
      static_cast<int>(setting_of(context, field(cluster, "tolerationSeconds"),
                                  {.component = std::nullopt,
                                   .setting = solver::Setting::toleration_seconds,
                                   .probe = solver::ProbeKind::none,
                                   .standard = 300.0},
                                  300.0));
  lower_drain(context, cluster);
}

}  // namespace haplan::planner::lowering
