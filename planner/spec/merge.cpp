#include "planner/spec/merge.hpp"

#include <algorithm>

namespace haplan::planner {

namespace {

using Kind = yaml::Node::Kind;

/// spec.output.releases.R.map
bool keeps_nulls(const std::string& path) {
  constexpr const char* kReleases = "spec.output.releases.";
  if (path.rfind(kReleases, 0) != 0) return false;
  const std::size_t dot = path.find('.', std::string(kReleases).size());
  return dot != std::string::npos && path.substr(dot) == ".map";
}

void put(yaml::Node& base, const yaml::Entry& entry, const std::string& path) {
  auto& all = base.entries;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const yaml::Entry& one) { return one.name == entry.name; });
  if (entry.value.kind == Kind::null && !keeps_nulls(path)) {
    if (found != all.end()) all.erase(found);
    return;
  }
  const std::string below = path.empty() ? entry.name : path + "." + entry.name;
  if (found != all.end()) {
    merge(found->value, entry.value, below);
    return;
  }
  all.push_back({entry.name, entry.where, {}});
  if (entry.value.kind == Kind::map) {
    // Through merge as well, so that a null inside a map that is new deletes nothing and stays out.
    all.back().value.kind = Kind::map;
    all.back().value.where = entry.value.where;
  }
  merge(all.back().value, entry.value, below);
}

}  // namespace

void merge(yaml::Node& base, const yaml::Node& over, const std::string& path) {
  if (base.kind != Kind::map || over.kind != Kind::map) {
    base = over;
    return;
  }
  for (const yaml::Entry& entry : over.entries) put(base, entry, path);
}

}  // namespace haplan::planner
