#include "planner/profile/reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "planner/spec/scalar.hpp"

namespace haplan::planner {
namespace {

constexpr const char* kCode = "HA100";

struct Word {
  const char* text;
  Encoding encoding;
};

constexpr std::array<Word, 14> kEncodings = {{{"integer", Encoding::integer},
                                              {"seconds", Encoding::seconds},
                                              {"milliseconds", Encoding::milliseconds},
                                              {"boolean", Encoding::boolean},
                                              {"list_item", Encoding::list_item},
                                              {"raw", Encoding::raw},
                                              {"raw_list", Encoding::raw_list},
                                              {"probe_toggle", Encoding::probe_toggle},
                                              {"probe_timing", Encoding::probe_timing},
                                              {"probe_raw", Encoding::probe_raw},
                                              {"probe_raw_merge", Encoding::probe_raw_merge},
                                              {"hpa_flat", Encoding::hpa_flat},
                                              {"pdb", Encoding::pdb},
                                              {"cnpg_affinity", Encoding::cnpg_affinity}}};

const std::vector<std::string> kBindings = {"replicas",
                                            "resources",
                                            "affinity",
                                            "tolerations",
                                            "topologySpread",
                                            "hpa",
                                            "pdb",
                                            "updateStrategy",
                                            "liveness",
                                            "readiness",
                                            "startup",
                                            "terminationGracePeriodSeconds",
                                            "ttl",
                                            "loopWait",
                                            "retryTimeout",
                                            "failoverDelay",
                                            "lease",
                                            "retryPeriod",
                                            "downAfter",
                                            "nodeTimeout",
                                            "reconnectAttempts",
                                            "reconnectInterval",
                                            "connectTimeout"};

std::string absolute(const std::string& path, const std::string& prefix) {
  if (path.empty() || path.front() != '.') return path;
  return prefix.empty() ? path.substr(1) : prefix + path;
}

}  // namespace

void ProfileReader::complain(const SourceRef& where, std::string message) {
  diagnostics_.push_back({Severity::error, kCode, std::move(message), where, {}, {}});
}

/// The node as a map whose keys are all known; an empty list of keys allows any.
const std::vector<yaml::Entry>& ProfileReader::map(const yaml::Node& node, const std::string& what,
                                                   const std::vector<std::string>& keys) {
  static const std::vector<yaml::Entry> kNothing;
  if (node.kind != yaml::Node::Kind::map) {
    complain(node.where, what + " must be a map");
    return kNothing;
  }
  for (const auto& entry : node.entries)
    if (!keys.empty() && entry.name.rfind("x-", 0) != 0 &&
        std::find(keys.begin(), keys.end(), entry.name) == keys.end())
      complain(entry.where, "unknown key \"" + entry.name + "\" in " + what);
  return node.entries;
}

std::string ProfileReader::text(const yaml::Node* node, const std::string& what,
                                const SourceRef& parent) {
  if (node == nullptr) {
    complain(parent, what + " is missing");
    return {};
  }
  if (node->kind != yaml::Node::Kind::scalar) {
    complain(node->where, what + " must be a word");
    return {};
  }
  return node->text;
}

std::string ProfileReader::optional_text(const yaml::Node* node, const std::string& what) {
  return node == nullptr ? std::string{} : text(node, what, node->where);
}

/// A quantity, as it is written.
std::string ProfileReader::amount(const yaml::Node& node, const std::string& what) {
  auto written = text(&node, what, node.where);
  if (const auto read = quantity(written); !read)
    complain(node.where, what + " must be a quantity: " + read.error().message);
  return written;
}

bool ProfileReader::flag(const yaml::Node* node, const std::string& what) {
  if (node == nullptr) return false;
  const auto word = text(node, what, node->where);
  if (word != "true" && word != "false") complain(node->where, what + " must be true or false");
  return word == "true";
}

std::optional<int> ProfileReader::integer(const yaml::Node* node, const std::string& what) {
  if (node == nullptr) return std::nullopt;
  const auto digits = text(node, what, node->where);
  int value = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (fault != std::errc{} || end != digits.data() + digits.size())
    complain(node->where, what + " must be an integer");
  return value;
}

/// A list of words.
std::vector<std::string> ProfileReader::words(const yaml::Node* node, const std::string& what) {
  std::vector<std::string> out;
  if (node == nullptr) return out;
  if (node->kind != yaml::Node::Kind::list) complain(node->where, what + " must be a list");
  for (const auto& item : node->items) out.push_back(text(&item, what, item.where));
  return out;
}

Tree ProfileReader::tree(const yaml::Node& node) {
  Tree out;
  switch (node.kind) {
    case yaml::Node::Kind::map:
      out.kind = Tree::Kind::map;
      for (const auto& entry : node.entries) out.fields.emplace_back(entry.name, tree(entry.value));
      break;
    case yaml::Node::Kind::list:
      out.kind = Tree::Kind::list;
      for (const auto& item : node.items) out.items.push_back(tree(item));
      break;
    case yaml::Node::Kind::scalar:
      out.text = node.text;
      out.quoted = node.quoted;
      break;
    case yaml::Node::Kind::null: complain(node.where, "a value is missing"); break;
  }
  return out;
}

/// A map from paths in the values to what stands there.
std::vector<std::pair<std::string, Tree>> ProfileReader::values(const yaml::Node* node,
                                                                const std::string& what) {
  std::vector<std::pair<std::string, Tree>> out;
  if (node == nullptr) return out;
  for (const auto& entry : map(*node, what, {})) out.emplace_back(entry.name, tree(entry.value));
  return out;
}

Effect ProfileReader::effect(const yaml::Node& node, const std::string& what) {
  map(node, what, {"kind", "name", "at", "as"});
  return {optional_text(node.find("kind"), "kind of " + what),
          optional_text(node.find("name"), "name of " + what),
          optional_text(node.find("at"), "at of " + what),
          optional_text(node.find("as"), "as of " + what)};
}

Encoding ProfileReader::encoding(const yaml::Node& node, const std::string& what) {
  const auto word = text(node.find("encoding"), "encoding of " + what, node.where);
  for (const auto& known : kEncodings)
    if (word == known.text) return known.encoding;
  complain(node.where, "unknown encoding \"" + word + "\" of " + what);
  return Encoding::raw;
}

/// What an encoding cannot do without.
void ProfileReader::check_keys(const yaml::Node& node, const std::string& what,
                               const Binding& bound) {
  std::vector<const char*> needed;
  if (bound.encoding == Encoding::hpa_flat) needed = {"enabled", "min", "max", "cpu"};
  if (bound.encoding == Encoding::pdb) needed = {"max"};
  for (const char* key : needed)
    if (!bound.keys.count(key)) complain(node.where, what + " needs the key " + key);
  if (bound.encoding == Encoding::list_item && bound.key.empty())
    complain(node.where, what + " needs key, the name of its number in the item");
  if (!bound.omit.empty() && bound.encoding != Encoding::raw_list)
    complain(node.where, what + " is no raw_list, so it has no items to omit keys of");
  if (!bound.exact && (bound.custom.empty() || !bound.handler))
    complain(node.where, what + " is not exact, so it needs custom and handler");
}

Binding ProfileReader::binding(const yaml::Node& node, const std::string& what,
                               const std::string& prefix) {
  Binding bound;
  map(node, what,
      {"path", "encoding", "scaled", "template", "custom", "handler", "keys", "default", "exact",
       "erase", "omit", "requires", "key", "name", "item", "effect", "limits"});
  bound.path = absolute(text(node.find("path"), "path of " + what, node.where), prefix);
  bound.encoding = encoding(node, what);
  bound.templated = flag(node.find("template"), "template of " + what);
  bound.exact = node.find("exact") == nullptr || flag(node.find("exact"), "exact of " + what);
  bound.custom = absolute(optional_text(node.find("custom"), "custom of " + what), prefix);
  const auto scaled = optional_text(node.find("scaled"), "scaled of " + what);
  if (!scaled.empty() && scaled != "omit" && scaled != "erase")
    complain(node.where, "scaled of " + what + " must be omit or erase");
  if (scaled == "erase") bound.when_scaled = WhenScaled::erase;
  if (const auto* handler = node.find("handler")) bound.handler = tree(*handler);
  bound.standard = integer(node.find("default"), "default of " + what);
  if (const auto* keys = node.find("keys"))
    for (const auto& entry :
         map(*keys, "keys of " + what, {"enabled", "min", "max", "cpu", "memory", "unhealthy"}))
      bound.keys[entry.name] = text(&entry.value, entry.name, entry.where);
  bound.erase = words(node.find("erase"), "erase of " + what);
  bound.omit = words(node.find("omit"), "omit of " + what);
  for (auto& [path, value] : values(node.find("requires"), "requires of " + what))
    bound.needs.emplace_back(absolute(path, prefix), std::move(value));
  bound.budget_name = optional_text(node.find("name"), "name of " + what);
  if (!bound.budget_name.empty() && bound.encoding != Encoding::pdb)
    complain(node.where, what + " is no pdb, so it has no name");
  bound.key = optional_text(node.find("key"), "key of " + what);
  bound.item.kind = Tree::Kind::map;
  if (const auto* item = node.find("item")) bound.item = tree(*item);
  if (const auto* limits = node.find("limits"))
    for (const auto& entry : map(*limits, "limits of " + what, {}))
      bound.limits.emplace_back(entry.name, amount(entry.value, entry.name));
  if (const auto* seen = node.find("effect")) bound.effect = effect(*seen, "effect of " + what);
  check_keys(node, what, bound);
  return bound;
}

void ProfileReader::workload(const yaml::Entry& entry, ProfileComponent& part) {
  const auto* workload = entry.value.find("workload");
  if (workload == nullptr)
    return complain(entry.where, "workload of " + entry.name + " is missing");
  map(*workload, "workload of " + entry.name, {"kind", "apiVersion", "name", "container"});
  part.kind = text(workload->find("kind"), "kind", workload->where);
  part.api_version = optional_text(workload->find("apiVersion"), "apiVersion");
  part.workload_name = text(workload->find("name"), "name", workload->where);
  if (part.api_version.empty())
    part.container = text(workload->find("container"), "container", workload->where);
}

ProfileComponent ProfileReader::component(const yaml::Entry& entry) {
  const auto& node = entry.value;
  ProfileComponent part;
  part.name = entry.name;
  map(node, entry.name,
      {"prefix", "chart", "workload", "podSelector", "singleton", "caution", "always", "bind"});
  const auto prefix = optional_text(node.find("prefix"), "prefix");
  part.chart = optional_text(node.find("chart"), "chart");
  part.singleton = optional_text(node.find("singleton"), "singleton");
  part.caution = optional_text(node.find("caution"), "caution");
  workload(entry, part);
  if (const auto* selector = node.find("podSelector"))
    for (const auto& label : map(*selector, "podSelector of " + entry.name, {}))
      part.pod_selector.emplace_back(label.name, text(&label.value, label.name, label.where));
  if (part.pod_selector.empty()) complain(entry.where, entry.name + " needs a podSelector");
  part.always = values(node.find("always"), "always of " + entry.name);
  if (const auto* bind = node.find("bind"))
    for (const auto& bound : map(*bind, "bind of " + entry.name, kBindings))
      if (bound.name.rfind("x-", 0) != 0)
        part.bindings[bound.name] = binding(bound.value, entry.name + "." + bound.name, prefix);
  return part;
}

void ProfileReader::chart(const yaml::Node& root, Profile& profile) {
  const auto* chart = root.find("chart");
  if (chart == nullptr) return complain(root.where, "chart is missing");
  map(*chart, "chart",
      {"name", "nameOverride", "nameLength", "source", "versions", "verified", "unverified"});
  profile.chart = optional_text(chart->find("name"), "name of chart");
  profile.name_override = optional_text(chart->find("nameOverride"), "nameOverride of chart");
  profile.name_length = integer(chart->find("nameLength"), "nameLength of chart").value_or(63);
  if (profile.name_length < 1) complain(chart->where, "nameLength of chart must be at least 1");
  profile.source = text(chart->find("source"), "source of chart", chart->where);
  profile.versions = optional_text(chart->find("versions"), "versions of chart");
  profile.verified = optional_text(chart->find("verified"), "verified of chart");
  profile.unverified = optional_text(chart->find("unverified"), "unverified of chart");
  if (!profile.versions.empty() && !version_in("0", profile.versions))
    complain(chart->find("versions")->where,
             "versions of chart must be comparisons such as \">=1.2.0 <2.0.0\"");
}

Profile ProfileReader::profile(const std::string& name, const yaml::Node& root) {
  Profile profile;
  profile.name = name;
  map(root, "a profile", {"name", "chart", "carriers", "forbid", "components"});
  if (const auto* own = root.find("name")) profile.name = text(own, "name", own->where);
  chart(root, profile);
  if (const auto* carriers = root.find("carriers"))
    for (const auto& item : carriers->items) {
      map(item, "a carrier", {"path", "template", "requires"});
      profile.carriers.push_back({text(item.find("path"), "path of a carrier", item.where),
                                  flag(item.find("template"), "template of a carrier"),
                                  values(item.find("requires"), "requires of a carrier")});
    }
  if (const auto* forbid = root.find("forbid"))
    for (const auto& item : forbid->items) {
      map(item, "forbid", {"when", "why"});
      profile.forbidden.push_back({values(item.find("when"), "when of forbid"),
                                   text(item.find("why"), "why of forbid", item.where)});
      if (profile.forbidden.back().when.empty()) complain(item.where, "forbid needs when");
    }
  if (const auto* components = root.find("components")) {
    for (const auto& entry : map(*components, "components", {}))
      profile.components.push_back(component(entry));
  } else {
    complain(root.where, "components is missing");
  }
  return profile;
}

}  // namespace haplan::planner
