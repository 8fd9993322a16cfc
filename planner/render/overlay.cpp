#include "planner/render/overlay.hpp"

#include <algorithm>

#include "planner/render/limits.hpp"
#include "planner/render/reason.hpp"
#include "planner/render/workload.hpp"
#include "planner/render/writer.hpp"

namespace haplan::planner {
namespace {

std::string why_not(const Target& target, const Ask& ask, Part part) {
  if (part == Part::failover) return controller_setting(ask, target);
  if (part == Part::replicas && !target.part->singleton.empty())
    return "the chart runs one replica only: " + target.part->singleton;
  if (part == Part::spread)
    return "the chart has no topologySpreadConstraints, and a required anti-affinity cannot "
           "place " +
           std::to_string(ask.most) + " replicas on " + std::to_string(ask.spread_domains) + " " +
           ask.rules.front().over + "s with one to spare; the patch carries it";
  return "the values of " + target.profile->name + " have no key for it; the " +
         (is_object(part) ? "manifests carry it" : "patch carries it");
}

/// A chart's own probe that the spec does not model.
void note_foreign_probes(const Target& target, const Ask& ask, Overlay& out) {
  const auto has = [&](const char* name) {
    const auto found = target.part->bindings.find(name);
    return found != target.part->bindings.end() && found->second.handler &&
           std::string(name) != "startup";
  };
  const auto& probes = ask.plan->probes;
  std::string kinds;
  if (has("liveness") && !probes.liveness) kinds = "liveness";
  if (has("readiness") && !probes.readiness)
    kinds += kinds.empty() ? "readiness" : " and readiness";
  if (!kinds.empty())
    out.notes.push_back("the chart's own " + kinds + " probe of " + target.workload +
                        " stays: the spec gives none for " + ask.component->name);
}

/// Whether the overlay sets all that a rule of the profile forbids together.
bool breaks(const YamlNode& root, const Forbidden& rule) {
  return std::all_of(rule.when.begin(), rule.when.end(), [&](const auto& condition) {
    const YamlNode* node = &root;
    for (std::size_t start = 0; node != nullptr && start <= condition.first.size();) {
      const auto dot = std::min(condition.first.find('.', start), condition.first.size());
      node = node->find(condition.first.substr(start, dot - start));
      start = dot + 1;
    }
    return node != nullptr && same(*node, node_of(condition.second));
  });
}

/// Objects of their own, for the chart's list of further manifests.
void carry(const Carrier& carrier, const Target& target, const Ask& ask,
           const std::set<Part>& parts, YamlNode& root) {
  for (const auto& [path, tree] : carrier.needs) root.at(path) = node_of(tree);
  for (auto part : parts) {
    auto object = part == Part::budget ? budget_object(target)
                                       : autoscaler_object(target, *ask.plan->autoscale);
    if (carrier.templated) protect(object);
    auto& list = root.at(carrier.path);
    if (list.kind != YamlNode::Kind::list) {
      list = YamlNode::list();
      list.comment = std::string("what the chart has no template for") + kListAdvice;
    }
    list.items.push_back(std::move(object));
  }
}

void write_target(const Lowered& lowered, const model::Deployment& deployment, const Target& target,
                  const OverlayOptions& options, Overlay& out) {
  const auto ask = ask_of(lowered, deployment, target);
  auto carried = carried_by_values(ask, target);
  const auto mine = options.own.find(target.release);
  const auto* own = mine == options.own.end() ? nullptr : mine->second;
  write_values(lowered, deployment, target, ask, carried, own, out.root);
  if (options.carriers && !target.profile->carriers.empty()) {
    std::set<Part> objects;
    for (const auto part : ask.parts)
      if (is_object(part) && !carried.count(part)) objects.insert(part);
    carry(target.profile->carriers.front(), target, ask, objects, out.root);
    carried.insert(objects.begin(), objects.end());
  }
  note_foreign_probes(target, ask, out);
  if (!target.part->caution.empty() && ask.most > 1)
    out.notes.push_back("components." + ask.component->name + ": " + target.part->caution);
  for (auto& one : refused_requests(ask, target, own)) out.unsupported.push_back(std::move(one));
  for (auto& [place, why] : unkept(ask, target))
    out.unsupported.push_back(
        {ask.component->name, "components." + ask.component->name + "." + place, std::move(why)});
  if (ask.budget && carried.count(Part::budget) && !target.terse_budget.empty())
    out.unsupported.push_back(
        {ask.component->name, "components." + ask.component->name + ".budget",
         "the values of " + target.profile->name +
             " have no key for unhealthyPodEvictionPolicy, without which a pod that never gets "
             "ready holds up drains; the patch carries it"});
  for (const auto missing : ask.parts)
    if (!carried.count(missing))
      out.unsupported.push_back({ask.component->name,
                                 "components." + ask.component->name + "." + part_path(missing),
                                 why_not(target, ask, missing)});
}

}  // namespace

std::vector<Overlay> overlays_of(const Lowered& lowered, const model::Deployment& deployment,
                                 const Profiles& profiles, const OverlayOptions& options) {
  std::vector<Overlay> out;
  const auto targets = targets_of(lowered, profiles);
  for (const auto& release : lowered.releases) {
    const auto profile = profiles.find(release.profile);
    if (profile == profiles.end() || !release.written) continue;
    Overlay overlay{&release, &profile->second, {}, {}, {}};
    for (const auto& part : profile->second.components)
      for (const auto& target : targets)
        if (target.release == release.name && target.part == &part)
          write_target(lowered, deployment, target, options, overlay);
    for (const auto& rule : profile->second.forbidden)
      if (breaks(overlay.root, rule))
        overlay.unsupported.push_back(
            {"", "output.releases." + release.name, "the chart does not work so: " + rule.why});
    if (profile->second.chart.empty() && release.chart.empty())
      overlay.notes.push_back("the chart of release " + release.name +
                              " is taken to have the release's name, as `helm create " +
                              release.name + "` makes it; if not, say output.releases." +
                              release.name + ".chart");
    if (!profile->second.unverified.empty())
      overlay.notes.push_back(
          "profile " + profile->second.name + " was never rendered: " + profile->second.unverified +
          "; run haplan profile check --chart DIR --profile " + profile->second.name);
    else if (profile->second.verified.empty())
      overlay.notes.push_back("profile " + profile->second.name +
                              " was never checked (it says no chart.verified); run haplan profile "
                              "check --chart DIR --profile FILE");
    out.push_back(std::move(overlay));
  }
  return out;
}

}  // namespace haplan::planner
