#include "planner/profile/profile.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/base/contract.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner {
namespace {

constexpr const char* kCode = "HA100";

struct Word {
  const char* text;
  Encoding encoding;
};

constexpr std::array<Word, 8> kEncodings = {{{"integer", Encoding::integer},
                                             {"milliseconds", Encoding::milliseconds},
                                             {"raw", Encoding::raw},
                                             {"raw_list", Encoding::raw_list},
                                             {"probe_toggle", Encoding::probe_toggle},
                                             {"probe_timing", Encoding::probe_timing},
                                             {"probe_raw", Encoding::probe_raw},
                                             {"probe_raw_merge", Encoding::probe_raw_merge}}};

constexpr std::array<const char*, 11> kBindings = {
    "replicas", "resources", "affinity",  "tolerations", "topologySpread",
    "hpa",      "liveness",  "readiness", "startup",     "terminationGracePeriodSeconds",
    "downAfter"};

/// Reads one profile's tree and collects what is wrong with it.
class Reader {
 public:
  explicit Reader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void complain(const SourceRef& where, std::string message) {
    diagnostics_.push_back({Severity::error, kCode, std::move(message), where, {}, {}});
  }

  /// The node as a map whose keys are all known; an empty list of keys allows any.
  const std::vector<yaml::Entry>& map(const yaml::Node& node, const std::string& what,
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

  std::string text(const yaml::Node* node, const std::string& what, const SourceRef& parent) {
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

  std::string optional_text(const yaml::Node* node, const std::string& what) {
    return node == nullptr ? std::string{} : text(node, what, node->where);
  }

  bool flag(const yaml::Node* node, const std::string& what) {
    if (node == nullptr) return false;
    const auto word = text(node, what, node->where);
    if (word != "true" && word != "false") complain(node->where, what + " must be true or false");
    return word == "true";
  }

  Tree tree(const yaml::Node& node) {
    Tree out;
    switch (node.kind) {
      case yaml::Node::Kind::map:
        out.kind = Tree::Kind::map;
        for (const auto& entry : node.entries)
          out.fields.emplace_back(entry.name, tree(entry.value));
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

  Binding binding(const yaml::Node& node, const std::string& what, const std::string& prefix) {
    Binding bound;
    map(node, what,
        {"path", "encoding", "scaled", "template", "custom", "handler", "keys", "default",
         "exact"});
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
    if (const auto* standard = node.find("default")) bound.standard = integer(*standard, what);
    if (const auto* keys = node.find("keys"))
      for (const auto& entry :
           map(*keys, "keys of " + what, {"enabled", "min", "max", "cpu", "memory"}))
        bound.keys[entry.name] = text(&entry.value, entry.name, entry.where);
    for (const char* key : {"enabled", "min", "max", "cpu"})
      if (bound.encoding == Encoding::hpa_flat && !bound.keys.count(key))
        complain(node.where, what + " needs the key " + key);
    if (!bound.exact && (bound.custom.empty() || !bound.handler))
      complain(node.where, what + " is not exact, so it needs custom and handler");
    return bound;
  }

  ProfileComponent component(const yaml::Entry& entry) {
    const auto& node = entry.value;
    ProfileComponent part;
    part.name = entry.name;
    map(node, entry.name,
        {"prefix", "chart", "workload", "podSelector", "singleton", "always", "bind"});
    const auto prefix = optional_text(node.find("prefix"), "prefix");
    part.chart = optional_text(node.find("chart"), "chart");
    part.singleton = optional_text(node.find("singleton"), "singleton");
    if (const auto* workload = node.find("workload")) {
      map(*workload, "workload of " + entry.name, {"kind", "name", "container"});
      part.kind = text(workload->find("kind"), "kind", workload->where);
      part.workload_name = text(workload->find("name"), "name", workload->where);
      part.container = text(workload->find("container"), "container", workload->where);
    } else {
      complain(entry.where, "workload of " + entry.name + " is missing");
    }
    if (const auto* selector = node.find("podSelector"))
      for (const auto& label : map(*selector, "podSelector of " + entry.name, {}))
        part.pod_selector.emplace_back(label.name, text(&label.value, label.name, label.where));
    if (part.pod_selector.empty()) complain(entry.where, entry.name + " needs a podSelector");
    if (const auto* always = node.find("always"))
      for (const auto& value : map(*always, "always of " + entry.name, {}))
        part.always.emplace_back(value.name, tree(value.value));
    if (const auto* bind = node.find("bind"))
      for (const auto& bound :
           map(*bind, "bind of " + entry.name, {kBindings.begin(), kBindings.end()}))
        part.bindings[bound.name] = binding(bound.value, entry.name + "." + bound.name, prefix);
    return part;
  }

 private:
  static std::string absolute(const std::string& path, const std::string& prefix) {
    return !path.empty() && path.front() == '.' ? prefix + path : path;
  }

  Encoding encoding(const yaml::Node& node, const std::string& what) {
    const auto word = text(node.find("encoding"), "encoding of " + what, node.where);
    if (word == "hpa_flat") return Encoding::hpa_flat;
    for (const auto& known : kEncodings)
      if (word == known.text) return known.encoding;
    complain(node.where, "unknown encoding \"" + word + "\" of " + what);
    return Encoding::raw;
  }

  int integer(const yaml::Node& node, const std::string& what) {
    const auto digits = text(&node, "default of " + what, node.where);
    int value = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault != std::errc{} || end != digits.data() + digits.size())
      complain(node.where, "default of " + what + " must be an integer");
    return value;
  }

  Diagnostics& diagnostics_;
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

const ProfileComponent* Profile::find(const std::string& component) const {
  for (const auto& part : components)
    if (part.name == component) return &part;
  return nullptr;
}

ProfileResult read_profile(const std::string& name, const std::string& text,
                           const std::string& file) {
  ProfileResult result;
  auto parsed = yaml::parse(file, text);
  result.diagnostics = std::move(parsed.diagnostics);
  if (!parsed.root) {
    if (!has_errors(result.diagnostics))
      result.diagnostics.push_back(
          {Severity::error, kCode, "the profile is empty", {file, 1, 1, 1}, {}, {}});
    return result;
  }
  Profile profile;
  profile.name = name;
  Reader reader(result.diagnostics);
  reader.map(*parsed.root, "a profile", {"chart", "components"});
  if (const auto* chart = parsed.root->find("chart")) {
    reader.map(*chart, "chart", {"name", "source", "verified"});
    profile.chart = reader.optional_text(chart->find("name"), "name of chart");
    profile.source = reader.text(chart->find("source"), "source of chart", chart->where);
    profile.verified = reader.text(chart->find("verified"), "verified of chart", chart->where);
  } else {
    reader.complain(parsed.root->where, "chart is missing");
  }
  if (const auto* components = parsed.root->find("components")) {
    for (const auto& entry : reader.map(*components, "components", {}))
      profile.components.push_back(reader.component(entry));
  } else {
    reader.complain(parsed.root->where, "components is missing");
  }
  if (!has_errors(result.diagnostics)) result.profile = std::move(profile);
  return result;
}

std::string expand_name(const std::string& text, const Profile& profile,
                        const ProfileComponent& component, const std::string& release) {
  auto chart = component.chart.empty() ? profile.chart : component.chart;
  if (chart.empty()) chart = release;
  auto full = release.find(chart) != std::string::npos ? release : release + "-" + chart;
  full = full.substr(0, 63);
  while (!full.empty() && full.back() == '-') full.pop_back();
  auto out = text;
  replace_all(out, "{fullname}", full);
  replace_all(out, "{release}", release);
  replace_all(out, "{chart}", chart);
  return out;
}

Profiles embedded_profiles() {
  Profiles profiles;
  for (const auto& [name, text] : embedded_profile_texts()) {
    auto result = read_profile(name, text, "built-in profile " + name);
    HAPLAN_EXPECTS(result.profile.has_value());
    profiles.emplace(name, std::move(*result.profile));
  }
  return profiles;
}

}  // namespace haplan::planner
