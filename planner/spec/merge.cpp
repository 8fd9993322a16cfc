#include "planner/spec/merge.hpp"

#include <map>
#include <set>
#include <vector>

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

/// Lays the value of one key over what the base has there; false when the key is to go.
bool lay(yaml::Node& slot, const yaml::Entry& entry, const std::string& path) {
  if (entry.value.kind == Kind::null && !keeps_nulls(path)) return false;
  merge(slot, entry.value, path.empty() ? entry.name : path + "." + entry.name);
  return true;
}

}  // namespace

void merge(yaml::Node& base, const yaml::Node& over, const std::string& path) {
  if (over.kind != Kind::map) {
    base = over;
    return;
  }
  if (base.kind != Kind::map) {
    // Through the same way, so that a null inside a map that is new deletes nothing and stays out.
    base = yaml::Node{};
    base.kind = Kind::map;
    base.where = over.where;
  }
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < base.entries.size(); ++i) index.emplace(base.entries[i].name, i);
  std::set<std::size_t> gone;
  for (const yaml::Entry& entry : over.entries) {
    const auto [found, is_new] = index.emplace(entry.name, base.entries.size());
    if (is_new) base.entries.push_back({entry.name, entry.where, {}});
    if (!lay(base.entries[found->second].value, entry, path)) gone.insert(found->second);
  }
  if (gone.empty()) return;
  std::vector<yaml::Entry> kept;
  for (std::size_t i = 0; i < base.entries.size(); ++i)
    if (!gone.count(i)) kept.push_back(std::move(base.entries[i]));
  base.entries = std::move(kept);
}

}  // namespace haplan::planner
