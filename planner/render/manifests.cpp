#include "planner/render/manifests.hpp"

#include "planner/render/reason.hpp"
#include "planner/render/workload.hpp"

namespace haplan::planner {
namespace {

std::string object_file(const YamlNode& object) {
  return object.find("kind")->scalar + "-" + object.find("metadata")->find("name")->scalar +
         ".yaml";
}

}  // namespace

RenderedFiles render_manifests(const Plan& plan, const Profiles& profiles) {
  RenderedFiles out;
  if (!plan.after) return out;
  const auto& lowered = plan.lowered;
  const auto& deployment = plan.after->deployment;
  for (const auto& target : targets_of(lowered, profiles)) {
    const auto ask = ask_of(lowered, deployment, target);
    const auto carried = carried_by_values(ask, target);
    for (const auto part : ask.parts) {
      if (!is_object(part) || carried.count(part) || !target.api_version.empty()) continue;
      const auto object = part == Part::budget ? budget_object(target)
                                               : autoscaler_object(target, *ask.plan->autoscale);
      out.files[object_file(object)] =
          "# " + one_line(reason_of(lowered, deployment, ask, part)) + "\n" + to_yaml(object);
    }
  }
  return out;
}

RenderedFiles render_manifests(const Plan& plan) {
  return render_manifests(plan, profiles_of(plan.lowered));
}

}  // namespace haplan::planner
