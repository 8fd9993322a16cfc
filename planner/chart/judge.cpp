#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "planner/chart/chart.hpp"
#include "planner/chart/manifests.hpp"
#include "planner/render/workload.hpp"
#include "planner/yaml/tree.hpp"

/// What manifests show of a trial's values; see chart.hpp.
namespace haplan::planner {
namespace {

using yaml::Node;

constexpr std::array<const char*, 4> kHandlers = {"httpGet", "tcpSocket", "exec", "grpc"};

/// Holds one component of a trial against the manifests.
class Judge {
 public:
  Judge(const Profile& profile, const ProfileComponent& part, const Trial& trial,
        const std::vector<Manifest>& manifests, std::vector<BindingCheck>& out)
      : profile_(profile), part_(part), trial_(trial), manifests_(manifests), out_(out) {}

  void look() {
    name_ = expanded(part_.workload_name);
    workload_ = object(part_.kind, name_);
    if (workload_ == nullptr) return say("workload", "", none_such());
    for (const auto& one : manifests_)
      if (&one.root == workload_ && !one.twice.empty())
        say("workload", "",
            one.twice +
                " in it: where the template adds a key to our items, omit it in the binding");
    if (part_.api_version.empty()) {
      look_at_pod();
      look_for_second_budget();
    }
    for (const auto& [binding, bound] : part_.bindings) look_at(binding, bound);
  }

 private:
  [[nodiscard]] std::string expanded(const std::string& text) const {
    return expand_name(text, profile_, part_, {trial_.release, {}, {}});
  }

  void say(const std::string& binding, const std::string& path, std::string mistake,
           std::string note = {}) {
    out_.push_back({part_.name, binding, path,
                    mistake.empty() ? mistake : trial_.name + ": " + std::move(mistake),
                    std::move(note)});
  }

  /// Which workloads of that kind there are instead.
  [[nodiscard]] std::string none_such() const {
    std::string others;
    for (const auto& one : manifests_)
      if (text_at(one.root, "kind") == part_.kind)
        others += (others.empty() ? "" : ", ") + text_at(one.root, "metadata.name");
    return "there is no " + part_.kind + " \"" + name_ + "\"" +
           (others.empty() ? " nor any other" : ", but " + others) +
           "; if it is switched off by default, give the values that switch it on as always, or -f";
  }

  [[nodiscard]] const Node* object(const std::string& kind, const std::string& name) const {
    for (const auto& [one, twice] : manifests_)
      if (text_at(one, "kind") == kind && text_at(one, "metadata.name") == name) return &one;
    return nullptr;
  }

  void look_at_pod() {
    const auto* labels = node_at(workload_, "spec.template.metadata.labels");
    for (const auto& [label, value] : part_.pod_selector) {
      const auto* there = labels == nullptr ? nullptr : labels->find(label);
      const auto wanted = expanded(value);
      if (there == nullptr || there->text != wanted)
        say("podSelector", label,
            "the pods' label is " + shown(there) + ", not \"" + wanted + "\"");
    }
    const auto* containers = node_at(workload_, "spec.template.spec.containers");
    const auto wanted = expanded(part_.container);
    if (containers != nullptr)
      for (const auto& one : containers->items)
        if (text_at(one, "name") == wanted) container_ = &one;
    if (container_ == nullptr) say("container", "", "there is no container \"" + wanted + "\"");
  }

  void look_at(const std::string& binding, const Binding& bound) {
    const auto* value = node_at(trial_.values, bound.path);
    const auto* custom = bound.custom.empty() ? nullptr : node_at(trial_.values, bound.custom);
    if (value == nullptr && custom == nullptr) return;  // not asked for in this trial
    if (bound.effect) return look_at_effect(binding, bound, *value);
    if (binding == "hpa") return look_at_scaler(bound, *value);
    if (binding == "pdb") return look_at_budget(bound);
    if (binding == "liveness" || binding == "readiness" || binding == "startup")
      return look_at_probe(binding, bound, custom != nullptr ? *custom : *value);
    const auto path = standard_path(binding);
    if (path.empty())
      return say(binding, bound.path, "", "the profile names no effect to look for");
    const Node* from = binding == "resources" && part_.api_version.empty() ? container_ : workload_;
    if (from == nullptr) return;
    auto mistake = lacking(node_at(from, path), *value, path);
    if (mistake.empty() && binding == "topologySpread")
      mistake = unselected(node_at(from, path), path);
    say(binding, bound.path, std::move(mistake));
  }

  /// A rule without a selector counts no pod, and one that counts others spreads nothing.
  [[nodiscard]] std::string unselected(const Node* rules, const std::string& path) const {
    const auto* labels = node_at(workload_, "spec.template.metadata.labels");
    for (const auto& rule : rules->items) {
      const auto* selector = node_at(&rule, "labelSelector.matchLabels");
      if (selector == nullptr || selector->entries.empty() || !selects(*selector, labels))
        return path + " has a rule whose labelSelector does not take these pods";
    }
    return {};
  }

  /// Where Kubernetes has it in the workload, or operators in their resources.
  [[nodiscard]] std::string standard_path(const std::string& binding) const {
    const bool plain = part_.api_version.empty();
    const std::string pod = plain ? "spec.template.spec." : "spec.";
    if (binding == "replicas") return "spec.replicas";
    if (binding == "resources") return plain ? "resources" : "spec.resources";
    if (binding == "affinity") return pod + "affinity";
    if (binding == "tolerations") return pod + "tolerations";
    if (binding == "topologySpread") return pod + "topologySpreadConstraints";
    if (binding == "terminationGracePeriodSeconds") return pod + "terminationGracePeriodSeconds";
    if (binding == "updateStrategy")
      return part_.kind == "Deployment" ? "spec.strategy" : "spec.updateStrategy";
    return {};
  }

  void look_at_effect(const std::string& binding, const Binding& bound, const YamlNode& value) {
    const auto& effect = *bound.effect;
    const auto kind = effect.kind.empty() ? part_.kind : effect.kind;
    const auto name = effect.name.empty() ? name_ : expanded(effect.name);
    const auto* seen = object(kind, name);
    if (seen == nullptr)
      return say(binding, bound.path, "there is no " + kind + " \"" + name + "\"");
    const auto* place = node_at(seen, effect.at);
    if (effect.as.empty()) return say(binding, bound.path, lacking(place, value, effect.at));
    auto wanted = effect.as;
    if (const auto hole = wanted.find("{value}"); hole != std::string::npos)
      wanted.replace(hole, 7, value.scalar);
    const bool there = place != nullptr && mentions(*place, wanted);
    say(binding, bound.path, there ? "" : kind + " \"" + name + "\" does not say " + wanted);
  }

  void look_at_probe(const std::string& binding, const Binding& bound, const YamlNode& value) {
    if (container_ == nullptr) return;
    auto wanted = value;
    std::erase_if(wanted.fields, [](const auto& field) { return field.first == "enabled"; });
    const std::string path = binding + "Probe";
    const auto* there = container_->find(path);
    auto mistake = lacking(there, wanted, path);
    int handlers = 0;
    for (const char* kind : kHandlers)
      handlers += there != nullptr && there->find(kind) != nullptr &&
                  there->find(kind)->kind != Node::Kind::null;
    if (mistake.empty() && handlers != 1)
      mistake = path + " has " + std::to_string(handlers) + " handlers" +
                (handlers > 1 ? ": probe_raw_merge erases the chart's own, given as handler" : "");
    if (mistake.empty()) mistake = strange_handler(*there, wanted, bound, path);
    say(binding, bound.path, std::move(mistake));
  }

  /// How a rendered handler differs from the one that the values give, or else from the chart's own
  /// as the binding gives it: by that a plan decides whether timing alone will do, and what to erase.
  [[nodiscard]] static std::string strange_handler(const Node& there, const YamlNode& wanted,
                                                   const Binding& bound, const std::string& path) {
    const YamlNode standard = bound.handler ? node_of(*bound.handler) : YamlNode{};
    const bool given = std::any_of(kHandlers.begin(), kHandlers.end(), [&](const char* kind) {
      const auto* one = wanted.find(kind);
      return one != nullptr && one->kind != YamlNode::Kind::null;
    });
    for (const char* kind : kHandlers) {
      const auto* known = given ? wanted.find(kind) : standard.find(kind);
      if (known == nullptr || known->kind == YamlNode::Kind::null) continue;
      const auto place = path + "." + kind;
      auto handler = *known;  // HTTP is the scheme where none is said
      std::erase_if(handler.fields, [](const auto& field) {
        return field.first == "scheme" && field.second.scalar == "HTTP";
      });
      const auto* shown = there.find(kind);
      if (auto mistake = lacking(shown, handler, place); !mistake.empty())
        return "the chart's own handler is another one than the binding gives: " + mistake;
      for (const auto& entry : shown->entries)
        if (handler.find(entry.name) == nullptr && entry.value.kind != Node::Kind::null &&
            !(entry.name == "scheme" && entry.value.text == "HTTP"))
          return place + "." + entry.name +
                 " is the chart's own: the binding's handler must give it, to be erased where a "
                 "spec gives another";
    }
    return {};
  }

  void look_at_scaler(const Binding& bound, const YamlNode& value) {
    const Node* scaler = nullptr;
    for (const auto& [one, twice] : manifests_)
      if (text_at(one, "kind") == "HorizontalPodAutoscaler" &&
          text_at(one, "spec.scaleTargetRef.name") == name_)
        scaler = &one;
    if (scaler == nullptr)
      return say("hpa", bound.path, "no HorizontalPodAutoscaler scales \"" + name_ + "\"");
    const auto wanted = [&](const char* key) { return value.find(bound.keys.at(key))->scalar; };
    for (const auto& [path, key] :
         {std::pair("spec.minReplicas", "min"), {"spec.maxReplicas", "max"}})
      if (text_at(*scaler, path) != wanted(key))
        return say("hpa", bound.path, std::string(path) + " is not " + wanted(key));
    if (!mentions(*scaler, wanted("cpu")))
      return say("hpa", bound.path, "no target of " + wanted("cpu") + " % CPU");
    say("hpa", bound.path,
        lacking(node_at(workload_, "spec.replicas"), YamlNode::null(),
                "spec.replicas beside an autoscaler"));
  }

  [[nodiscard]] std::vector<const Node*> budgets() const {
    const auto* labels = node_at(workload_, "spec.template.metadata.labels");
    std::vector<const Node*> out;
    for (const auto& [one, twice] : manifests_) {
      if (text_at(one, "kind") != "PodDisruptionBudget") continue;
      const auto* selector = node_at(&one, "spec.selector.matchLabels");
      if (selector != nullptr && selects(*selector, labels)) out.push_back(&one);
    }
    return out;
  }

  /// The API server evicts no pod that several budgets select.
  void look_for_second_budget() {
    const auto all = budgets();
    std::string names;
    for (const auto* one : all)
      names += (names.empty() ? "" : ", ") + text_at(*one, "metadata.name");
    if (all.size() > 1)
      say("pdb", "",
          "several budgets select the same pods, so none of them is ever evicted: " + names);
  }

  /// A budget that selects the pods and lets one go.
  void look_at_budget(const Binding& bound) {
    if (bound.encoding == Encoding::boolean)
      return say("pdb", bound.path, "", "the profile names no effect to look for");
    for (const auto* budget : budgets()) {
      const auto& one = *budget;
      const auto* given = node_at(trial_.values, bound.path + "." + bound.keys.at("max"));
      const std::string wanted = given == nullptr ? "1" : given->scalar;
      if (text_at(one, "spec.maxUnavailable") != wanted)
        return say("pdb", bound.path, "spec.maxUnavailable is not " + wanted);
      if (const auto key = bound.keys.find("unhealthy"); key != bound.keys.end()) {
        const auto* policy = node_at(trial_.values, bound.path + "." + key->second);
        if (policy != nullptr && text_at(one, "spec.unhealthyPodEvictionPolicy") != policy->scalar)
          return say("pdb", bound.path, "spec.unhealthyPodEvictionPolicy is not " + policy->scalar);
      }
      // By its name the patch adds what the values have no key for.
      const auto named =
          expanded(bound.budget_name.empty() ? part_.workload_name : bound.budget_name);
      if (const auto name = text_at(one, "metadata.name");
          !bound.keys.count("unhealthy") && name != named)
        return say(
            "pdb", bound.path,
            "it is called \"" + name + "\", not \"" + named + "\": the binding must give its name");
      if (node_at(&one, "spec.minAvailable") != nullptr)
        return say("pdb", bound.path,
                   "spec.minAvailable stands beside maxUnavailable: the binding must erase the "
                   "chart's own");
      return say("pdb", bound.path, "");
    }
    say("pdb", bound.path, "no PodDisruptionBudget selects the pods of \"" + name_ + "\"");
  }

  /// Whether a selector takes the pods: those of an operator by the profile's own labels.
  bool selects(const Node& selector, const Node* labels) const {
    return std::all_of(selector.entries.begin(), selector.entries.end(), [&](const auto& entry) {
      for (const auto& [label, value] : part_.pod_selector)
        if (label == entry.name && expanded(value) == entry.value.text) return true;
      const auto* there = labels == nullptr ? nullptr : labels->find(entry.name);
      return there != nullptr && there->text == entry.value.text;
    });
  }

  const Profile& profile_;
  const ProfileComponent& part_;
  const Trial& trial_;
  const std::vector<Manifest>& manifests_;
  std::vector<BindingCheck>& out_;
  std::string name_;
  const Node* workload_ = nullptr;
  const Node* container_ = nullptr;
};

}  // namespace

std::vector<BindingCheck> judge(const Profile& profile, const Trial& trial,
                                const std::string& manifests) {
  std::vector<BindingCheck> out;
  const auto objects = manifests_in(manifests);
  for (const auto& name : trial.components)
    if (const auto* part = profile.find(name)) Judge(profile, *part, trial, objects, out).look();
  return out;
}

}  // namespace haplan::planner
