#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "model/system/load.hpp"
#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"
#include "planner/render/reason.hpp"

/// Sections of the page about components and where they run.
namespace haplan::planner {
namespace {

constexpr const char* kTimes = "\u00d7";
constexpr const char* kRange = "\u2013";

std::string replicas_text(const model::ComponentPlan& plan) {
  if (!plan.autoscale) return std::to_string(plan.replicas);
  return std::to_string(plan.autoscale->min) + kRange + std::to_string(plan.autoscale->max) +
         " @ " + std::to_string(plan.autoscale->target) + " %";
}

/// Which variants run: "2 small", "2 small + 1 large", "gold" where there are no replicas.
std::string variants_text(const model::Component& component, const model::ComponentPlan& plan) {
  if (!component.replicated()) return component.variant;
  if (component.variants.empty())
    return replicas_text(plan) + (component.variant.empty() ? "" : " " + component.variant);
  std::string out;
  for (std::size_t v = 0; v < component.variants.size(); ++v)
    if (plan.variants[v].replicas > 0)
      out += (out.empty() ? "" : " + ") + std::to_string(plan.variants[v].replicas) + " " +
             component.variants[v].name;
  return out;
}

/// "2 s x3, t 1 s, g 5 s": period, threshold, timeout and grace where they are not the standard.
std::string probe_text(const std::optional<model::Probe>& probe) {
  if (!probe) return "-";
  std::string out = std::to_string(probe->period) + " s " + kTimes +
                    std::to_string(probe->failure_threshold) + " t" +
                    std::to_string(probe->timeout);
  if (probe->grace) out += " g" + std::to_string(*probe->grace);
  if (probe->initial_delay > 0) out += " +" + std::to_string(probe->initial_delay);
  return out;
}

/// worker-1, worker-2, worker-4 as "worker-1,2,4"; with counts above one: "worker-1 x2".
std::string nodes_text(const model::System& system, const std::vector<model::NodeId>& nodes) {
  std::map<model::NodeId, int> counts;
  for (const auto node : nodes) ++counts[node];
  std::string out;
  std::string last_stem;
  for (const auto& [node, count] : counts) {
    const auto& name = system.nodes[node].name;
    const auto digits = name.find_last_not_of("0123456789") + 1;
    const auto stem = name.substr(0, digits);
    const bool shared = !out.empty() && stem == last_stem && digits < name.size();
    out += shared ? "," + name.substr(digits) : (out.empty() ? "" : " ") + name;
    if (count > 1) out += kTimes + std::to_string(count);
    last_stem = stem;
  }
  return out.empty() ? "-" : out;
}

std::string failover_text(const model::Component& component, const model::FailoverSettings& s) {
  using model::Controller;
  switch (component.failover ? component.failover->controller : Controller::none) {
    case Controller::patroni: return "ttl " + plain_number(s.ttl) + " s";
    case Controller::cloudnative_pg: return "lease " + plain_number(s.lease) + " s";
    case Controller::redis_sentinel: return "downAfter " + plain_number(s.down_after) + " s";
    case Controller::redis_cluster: return "nodeTimeout " + plain_number(s.node_timeout) + " s";
    case Controller::repmgr: return "repmgr";
    case Controller::none: break;
  }
  return "";
}

struct Usage {
  std::int64_t cpu = 0;     ///< milli
  std::int64_t memory = 0;  ///< milli-bytes
  std::map<model::ComponentId, int> count;
};

std::int64_t amount(const model::Resources& resources, const char* name) {
  const auto found = resources.find(name);
  return found == resources.end() ? 0 : found->second;
}

std::vector<Usage> usage_of(const model::System& system, const model::Deployment& deployment) {
  std::vector<Usage> usage(system.nodes.size());
  for (model::ComponentId id = 0; id < system.components.size(); ++id)
    for (const auto node : deployment.components[id].nodes) {
      usage[node].cpu += amount(system.components[id].requests, "cpu");
      usage[node].memory += amount(system.components[id].requests, "memory");
      ++usage[node].count[id];
    }
  return usage;
}

/// At most two decimals, none that are zero.
std::string short_number(double value) { return plain_number(std::round(value * 100) / 100); }

/// "3/8": used of capacity, in `unit` thousandths.
std::string used_text(std::int64_t used, const model::Node& node, const char* name, double unit) {
  auto out = short_number(static_cast<double>(used) / unit);
  const auto found = node.capacity.find(name);
  if (found == node.capacity.end()) return out;
  return out + "/" + short_number(static_cast<double>(found->second) / unit);
}

constexpr double kCore = 1000;
constexpr double kGibibyte = 1024.0 * 1024 * 1024 * 1000;

}  // namespace

void add_components(Page& page, const Plan& plan) {
  if (!plan.after) return;
  const auto& system = plan.lowered.problem.system;
  page.heading("Components");
  TextTable table{{"component", "replicas", "liveness", "readiness", "settings", "nodes"},
                  {false, true, false, false, false, false},
                  {}};
  bool probed = false;
  for (model::ComponentId id = 0; id < system.components.size(); ++id) {
    const auto& component = system.components[id];
    if (!component.replicated() && component.variant.empty()) continue;
    const auto& chosen = plan.after->deployment.components[id];
    const model::Probes& probes = chosen.probes;
    probed = probed || probes.liveness || probes.readiness || probes.startup;
    std::string settings = failover_text(component, chosen.failover);
    if (chosen.probes.startup)
      settings +=
          (settings.empty() ? "startup " : ", startup ") + probe_text(chosen.probes.startup);
    table.rows.push_back({component.name, variants_text(component, chosen),
                          probe_text(chosen.probes.liveness), probe_text(chosen.probes.readiness),
                          settings.empty() ? "-" : settings, nodes_text(system, chosen.nodes)});
  }
  page.table(std::move(table));
  std::string note;
  if (probed)
    note = std::string("probes: period ") + kTimes +
           "failureThreshold, t timeoutSeconds, g terminationGracePeriodSeconds, + "
           "initialDelaySeconds";
  if (!system.nodes.empty())
    note += (note.empty() ? "" : "; ") + std::string("tolerationSeconds ") +
            std::to_string(plan.after->deployment.toleration_seconds);
  if (!note.empty()) page.sentence(note + ".");
}

void add_placement(Page& page, const Plan& plan) {
  const auto& system = plan.lowered.problem.system;
  if (!plan.after || system.nodes.empty()) return;
  const auto usage = usage_of(system, plan.after->deployment);
  std::vector<model::ComponentId> columns;
  for (model::ComponentId id = 0; id < system.components.size(); ++id)
    if (system.components[id].replicated()) columns.push_back(id);
  page.heading("Placement at the largest level (requests of capacity)");
  TextTable table{{"node", "cpu", "memory"}, {false, true, true}, {}};
  // A column for every component while their names fit; beyond that the counts are listed.
  int room = page.width() - 36;
  for (const auto id : columns)
    room -= static_cast<int>(text_width(printable(system.components[id].name))) + 2;
  const bool grid = room >= 0;
  if (grid) {
    for (const auto id : columns) {
      table.header.push_back(system.components[id].name);
      table.right.push_back(true);
    }
  } else {
    table.header.emplace_back("replicas");
    table.right.push_back(false);
  }
  std::size_t unused = 0;
  for (model::NodeId node = 0; node < system.nodes.size(); ++node) {
    if (usage[node].count.empty() && system.nodes.size() > 24) {
      ++unused;
      continue;
    }
    std::vector<std::string> row{
        system.nodes[node].name + (system.nodes[node].down ? " (down)" : ""),
        used_text(usage[node].cpu, system.nodes[node], "cpu", kCore),
        used_text(usage[node].memory, system.nodes[node], "memory", kGibibyte) + " Gi"};
    std::string list;
    for (const auto id : columns) {
      const auto found = usage[node].count.find(id);
      const int count = found == usage[node].count.end() ? 0 : found->second;
      if (grid) row.push_back(count == 0 ? "\u00b7" : std::to_string(count));
      if (count > 0)
        list += (list.empty() ? "" : ", ") + system.components[id].name +
                (count > 1 ? kTimes + std::to_string(count) : "");
    }
    if (!grid) row.push_back(list.empty() ? "-" : list);
    table.rows.push_back(std::move(row));
  }
  page.table(std::move(table));
  if (unused > 0) page.sentence("and " + count_text(unused, "node") + " without replicas.");
  page.sentence(plan.after->evaluation.headroom
                    ? std::string("headroom: the pods of any one lost node fit on the others") +
                          (plan.after->headroom_in_every_order.value_or(false)
                               ? ", in whatever order they arrive."
                               : ".")
                    : "no headroom: the pods of a lost node do not all fit on the others.");
}

}  // namespace haplan::planner
