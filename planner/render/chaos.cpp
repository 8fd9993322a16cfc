#include "planner/render/chaos.hpp"

#include <algorithm>
#include <cmath>

#include "planner/render/figures.hpp"
#include "planner/render/openslo.hpp"
#include "planner/render/workload.hpp"

namespace haplan::planner {
namespace {

using model::LossKind;

YamlNode text(std::string value) { return YamlNode::text(std::move(value)); }

/// What is expected of one service, as a sentence.
std::string expectation(const model::ServiceDrill& drill,
                        const std::vector<solver::ObjectiveCheck>& survivals) {
  const auto& figures = drill.figures;
  std::string out;
  if (figures.already_down)
    out = "down before and after";
  else if (figures.until_up == 0.0)
    out = "stays up";
  else if (std::isinf(figures.until_up))
    out = "down until somebody repairs it";
  else
    out = (figures.is_mean ? "down for a mean of " : "up again after at most ") +
          duration_text(figures.until_up);
  if (!figures.decided_by.empty()) out += ", decided by " + figures.decided_by;
  if (figures.failed_share > 0.0 && !figures.already_down)
    out += "; " + percent_text(figures.failed_share) + " of requests fail for up to " +
           duration_text(figures.until_avoided);
  for (const auto& check : survivals)
    out += std::string("; ") + check.field + (check.met ? " is kept" : " is missed");
  return out;
}

YamlNode head(const char* kind, const std::string& name, const std::string& name_space,
              const DrillReport& report, const DrilledLoss& loss) {
  YamlNode root;
  root["apiVersion"] = text("chaos-mesh.org/v1alpha1");
  root["kind"] = text(kind);
  root["metadata"]["name"] = text("haplan-" + name);
  root["metadata"]["namespace"] = text(name_space);
  auto& notes = root["metadata"]["annotations"];
  const auto& services = report.lowered.problem.system.services;
  for (std::size_t s = 0; s < services.size(); ++s)
    notes["expected.haplan.dev/" + services[s].name] =
        text(expectation(loss.drill.services[s], loss.survivals[s]));
  return root;
}

std::vector<std::string> lost_nodes(const model::System& system, const DrilledLoss& loss) {
  std::vector<std::string> names;
  for (std::size_t n = 0; n < loss.drill.loss.nodes.size(); ++n)
    if (loss.drill.loss.nodes[n]) names.push_back(system.nodes[n].name);
  return names;
}

/// Machines whose network goes down: kubelet, pods and all, as when the machine is gone.
YamlNode machines(const DrillReport& report, const DrilledLoss& loss, const std::string& name,
                  const std::string& name_space) {
  auto root = head("PhysicalMachineChaos", name, name_space, report, loss);
  auto& spec = root["spec"];
  spec["action"] = text("network-down");
  spec["mode"] = text("all");
  YamlNode names = YamlNode::list();
  for (const auto& node : lost_nodes(report.lowered.problem.system, loss))
    names.items.push_back(text(node));
  spec["selector"]["physicalMachines"][name_space] = std::move(names);
  spec["network-down"] = YamlNode::map({{"device", text("eth0")}, {"duration", text("10m")}});
  spec["network-down"].comment =
      "the interface of these machines, and long enough for everything to "
      "settle before it returns";
  return root;
}

/// The label by which a controller marks the primary, if it does.
std::vector<std::pair<std::string, std::string>> primary_labels(const model::Component& component) {
  switch (component.failover ? component.failover->controller : model::Controller::none) {
    case model::Controller::cloudnative_pg: return {{"cnpg.io/instanceRole", "primary"}};
    case model::Controller::patroni: return {{"role", "primary"}};
    default: return {};
  }
}

YamlNode containers(const DrillReport& report, const DrilledLoss& loss, const Target& target,
                    const std::string& name, const std::string& name_space) {
  auto root = head("PodChaos", name, name_space, report, loss);
  const auto& component = report.lowered.problem.system.components[target.component];
  const bool primary = loss.drill.loss.kind == LossKind::primary;
  auto& spec = root["spec"];
  const bool known = !target.container.empty();
  spec["action"] = text(known ? "container-kill" : "pod-kill");
  spec["mode"] = text("one");
  if (known) spec["containerNames"] = YamlNode::list({text(target.container)});
  auto& selector = spec["selector"];
  selector["namespaces"] = YamlNode::list({text(name_space)});
  for (const auto& [label, value] : target.labels) selector["labelSelectors"][label] = text(value);
  const auto role =
      primary ? primary_labels(component) : std::vector<std::pair<std::string, std::string>>{};
  for (const auto& [label, value] : role) selector["labelSelectors"][label] = text(value);
  if (primary && role.empty()) {
    selector["pods"][name_space] = YamlNode::list({text(target.workload + "-0")});
    selector["pods"].comment =
        "the primary of a new installation; its controller does not label the pod, so ask it first";
  } else if (!role.empty()) {
    selector["labelSelectors"].comment = "the last one as the controller labels its primary";
  }
  return root;
}

}  // namespace

RenderedFiles render_chaos(const DrillReport& report, const Profiles& profiles,
                           const std::string& name_space) {
  RenderedFiles out;
  const auto& system = report.lowered.problem.system;
  const auto targets = targets_of(report.lowered, profiles);
  const auto refuse = [&](const DrilledLoss& loss, std::string why) {
    out.unsupported.push_back(
        {loss.subject, name_of(loss.drill.loss.kind) + " " + loss.subject, std::move(why)});
  };
  for (const auto& loss : report.losses) {
    const auto kind = loss.drill.loss.kind;
    const auto name = object_name(name_of(kind) + "-" + loss.subject);
    if (loss.drill.loss.absent) continue;
    if (kind == LossKind::external) {
      refuse(loss,
             "the spec does not say under which address it is reached: block it at the "
             "egress, or in the client");
      continue;
    }
    std::vector<YamlNode> experiments;
    if (kind == LossKind::node || kind == LossKind::domain) {
      if (lost_nodes(system, loss).empty())
        refuse(loss, "no node is in it");
      else
        experiments.push_back(machines(report, loss, name, name_space));
    } else {
      const auto target = std::find_if(targets.begin(), targets.end(), [&](const Target& one) {
        return one.component == loss.drill.loss.subject;
      });
      if (target != targets.end())
        experiments.push_back(containers(report, loss, *target, name, name_space));
    }
    for (const auto& one : experiments)
      out.files[name + ".yaml"] =
          "# What haplan expects stands in the annotations; haplan drill tells more.\n" +
          to_yaml(one);
  }
  return out;
}

}  // namespace haplan::planner
