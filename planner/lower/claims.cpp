#include <algorithm>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

/// A shared claim while its users are looked at: who said what first.
struct Draft {
  const Value* failures = nullptr;
  const Value* mode = nullptr;
  std::vector<model::ComponentId> users;
};

bool same_modes(const std::vector<model::DomainMode>& a, const std::vector<model::DomainMode>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const model::DomainMode& x, const model::DomainMode& y) {
                      return x.name == y.name && x.rate == y.rate && x.repair == y.repair &&
                             x.law == y.law && x.sigma == y.sigma;
                    });
}

std::string line_of(const Value& value) {
  return value.where.file + ":" + std::to_string(value.where.line);
}

/// Takes what one user says of the claim; what contradicts an earlier user is reported.
void merge(Context& context, const std::string& name, const Value& storage, Draft& draft,
           model::Claim& claim) {
  if (const Value* mode = field(&storage, "accessMode")) {
    if (draft.mode && draft.mode->text != mode->text)
      report(context, "HA066",
             "claim \"" + name + "\" is " + mode->text + " here and " + draft.mode->text +
                 " elsewhere",
             mode->where, "give it once", {"the other one is at " + line_of(*draft.mode)});
    if (!draft.mode) draft.mode = mode;
    claim.read_write_once =
        draft.mode->text == "ReadWriteOnce" || draft.mode->text == "ReadWriteOncePod";
  }
  if (const Value* failures = field(&storage, "failures")) {
    std::vector<model::DomainMode> modes = domain_modes(context, failures);
    if (!draft.failures) {
      draft.failures = failures;
      claim.modes = std::move(modes);
    } else if (!same_modes(modes, claim.modes)) {
      report(context, "HA066", "claim \"" + name + "\" fails in other ways elsewhere",
             failures->where, "give its failures once",
             {"the other ones are at " + line_of(*draft.failures)});
    }
  }
}

/// Nodes where a user of a claim may run, whatever of its variants runs; ascending.
std::vector<model::NodeId> allowed_somehow(const model::Component& component) {
  if (component.variants.empty()) return component.allowed;
  std::vector<model::NodeId> nodes;
  for (const model::Component& variant : component.variants)
    nodes.insert(nodes.end(), variant.allowed.begin(), variant.allowed.end());
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

void keep_allowed(std::vector<model::NodeId>& nodes, const std::vector<model::NodeId>& allowed) {
  std::erase_if(nodes, [&](model::NodeId node) {
    return !std::binary_search(allowed.begin(), allowed.end(), node);
  });
}

/// `before` runs this variant of the component.
void start_with(Context& context, model::ComponentId component, std::size_t variant) {
  model::ComponentPlan& plan = context.before().components[component];
  std::vector<model::ComponentPlan> plans = std::move(plan.variants);
  for (const solver::VariantChoice& choice : context.out.problem.choices)
    if (choice.component == component)
      for (std::size_t v = 0; v < plans.size(); ++v)
        plans[v].replicas = v == variant ? choice.counts[v].front() : 0;
  plan = plans[variant];
  plan.variants = std::move(plans);
}

/// All pods of a ReadWriteOnce claim run on one node, so some node must be allowed to all its
/// users in some variant of each. `before` runs the first variants that share one.
void find_common_node(Context& context, const model::Claim& claim, const Draft& draft) {
  if (!claim.read_write_once || context.system().nodes.empty()) return;
  const std::vector<model::Component>& components = context.system().components;
  std::vector<model::NodeId> common = allowed_somehow(components[draft.users.front()]);
  if (common.empty()) return;  // reported as an unsatisfiable pin
  for (const model::ComponentId user : draft.users) {
    const std::vector<model::NodeId> allowed = allowed_somehow(components[user]);
    if (allowed.empty()) return;
    keep_allowed(common, allowed);
    if (!common.empty()) continue;
    const Value* storage = field(context.component_values[user], "storage");
    report(context, "HA067",
           "the users of claim \"" + claim.name + "\" have no allowed node in common",
           field(storage, "claim")->where,
           "a ReadWriteOnce volume is attached to one node: change pin or forbid, or the claim");
    return;
  }
  // Each of these nodes is allowed to every user somehow, so whatever the first ones choose, the others can follow.
  for (const model::ComponentId user : draft.users) {
    const model::Component& component = components[user];
    for (std::size_t v = 0; v < component.variants.size(); ++v) {
      std::vector<model::NodeId> left = common;
      keep_allowed(left, component.variants[v].allowed);
      if (left.empty()) continue;
      if (v > 0) start_with(context, user, v);
      common = std::move(left);
      break;
    }
  }
}

}  // namespace

void lower_claims(Context& context) {
  std::map<std::string, Draft> drafts;
  std::map<std::string, model::Claim> claims;
  for (model::ComponentId id = 0; id < context.component_values.size(); ++id) {
    if (!context.system().components[id].replicated()) continue;
    const Value* storage = field(context.component_values[id], "storage");
    const Value* name = field(storage, "claim");
    if (!name) continue;
    claims[name->text].name = name->text;
    drafts[name->text].users.push_back(id);
    merge(context, name->text, *storage, drafts[name->text], claims[name->text]);
  }
  for (auto& [name, claim] : claims) {
    find_common_node(context, claim, drafts[name]);
    for (const model::ComponentId user : drafts[name].users) {
      model::Component& component = context.system().components[user];
      component.storage.claim = context.system().claims.size();
      const Value* mode = drafts[name].mode;
      context.out.extras[user].one_pod = mode != nullptr && mode->text == "ReadWriteOncePod";
      for (model::Component& variant : component.variants)
        variant.storage.claim = component.storage.claim;
    }
    context.system().claims.push_back(std::move(claim));
  }
}

}  // namespace haplan::planner::lowering
