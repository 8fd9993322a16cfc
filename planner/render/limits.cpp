#include "planner/render/limits.hpp"

#include <algorithm>
#include <optional>

#include "planner/spec/scalar.hpp"

namespace haplan::planner {
namespace {

struct Standing {
  std::string quantity;
  std::string whose;
};

/// The limit of a resource that Kubernetes would be given; nothing where there is none.
std::optional<Standing> standing(const Binding& bound, const std::string& resource,
                                 const yaml::Node* own) {
  const yaml::Node* node = own;
  const std::string path = bound.path + ".limits";
  for (std::size_t start = 0; node != nullptr && start < path.size();) {
    const auto dot = std::min(path.find('.', start), path.size());
    node = node->find(path.substr(start, dot - start));
    if (node != nullptr && node->kind == yaml::Node::Kind::null) return std::nullopt;
    start = dot + 1;
  }
  if (node != nullptr) node = node->find(resource);
  if (node != nullptr && node->kind == yaml::Node::Kind::null) return std::nullopt;
  if (node != nullptr) return Standing{node->text, "your values limit "};
  for (const auto& [name, quantity] : bound.limits)
    if (name == resource) return Standing{quantity, "the chart itself limits "};
  return std::nullopt;
}

}  // namespace

std::vector<Unsupported> refused_requests(const Ask& ask, const Target& target,
                                          const yaml::Node* own) {
  std::vector<Unsupported> out;
  if (target.part == nullptr || !ask.parts.count(Part::resources)) return out;
  const auto found = target.part->bindings.find(part_path(Part::resources));
  if (found == target.part->bindings.end()) return out;
  for (const auto& [resource, requested] : ask.extras->requests) {
    if (ask.extras->limits.count(resource)) continue;
    const auto limit = standing(found->second, resource, own);
    if (!limit) continue;
    const auto most = quantity(limit->quantity);
    const auto asked = quantity(requested);
    if (!most || !asked || asked->value <= most->value) continue;
    const auto place = "components." + ask.component->name + ".limits";
    out.push_back({ask.component->name, place,
                   limit->whose + resource + " to " + limit->quantity +
                       ", which stays, and the API server refuses a pod that requests " +
                       requested + ": give " + place + "." + resource +
                       ", or a larger limit in your values"});
  }
  return out;
}

}  // namespace haplan::planner
