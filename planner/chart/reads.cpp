#include <algorithm>
#include <cctype>
#include <set>

#include "planner/chart/chart.hpp"
#include "planner/spec/scalar.hpp"
#include "planner/yaml/tree.hpp"

/// What a chart's files say about a path; see chart.hpp.
namespace haplan::planner {
namespace {

bool word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Whether `.Values.path` stands in the text, alone or with more behind it.
bool refers(const std::string& text, const std::string& path, bool alone) {
  const std::string wanted = ".Values." + path;
  for (std::size_t at = text.find(wanted); at != std::string::npos;
       at = text.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    if (end == text.size()) return true;
    if (word(text[end]) || text[end] == '-') continue;
    if (!alone || text[end] != '.') return true;
  }
  return false;
}

/// Whether a field of that name is read anywhere: `.name`, or the name in quotes, as `index` and
/// `get` take it.
bool reads_field(const std::string& text, const std::string& name) {
  for (const std::string& wanted : {"." + name, "\"" + name + "\""})
    for (std::size_t at = text.find(wanted); at != std::string::npos;
         at = text.find(wanted, at + 1)) {
      const std::size_t end = at + wanted.size();
      if (wanted.front() == '"' || end == text.size() || !word(text[end])) return true;
    }
  return false;
}

/// Whether a map is written into the manifests as it is: `toYaml` of it, or `with` it.
bool written_whole(const std::string& text, const std::string& path) {
  const std::string wanted = ".Values." + path;
  for (std::size_t at = text.find(wanted); at != std::string::npos;
       at = text.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    if (end < text.size() && (word(text[end]) || text[end] == '-' || text[end] == '.')) continue;
    const auto open = text.rfind("{{", at);
    if (open == std::string::npos) continue;
    const auto before = text.substr(open, at - open);
    if (before.find("toYaml") != std::string::npos || before.find("with ") != std::string::npos)
      return true;
  }
  return false;
}

std::string last_piece(const std::string& path) { return path.substr(path.rfind('.') + 1); }

/// One chart or subchart: its values, and all its templates as one text.
struct Place {
  std::string prefix;  ///< under which the parent's values hold its own, with the dot
  std::optional<yaml::Node> values;
  std::string templates;
  bool found = false;
};

Place place_in(const ChartFiles& chart, const std::string& folder, const std::string& prefix) {
  Place place;
  place.prefix = prefix;
  for (const auto& [path, text] : chart.files) {
    if (path.rfind(folder, 0) != 0) continue;
    const auto inside = path.substr(folder.size());
    place.found = true;
    if (inside == "values.yaml") place.values = yaml::parse(path, text).root;
    if (inside.rfind("templates/", 0) == 0) place.templates += text + "\n";
    // Library charts lend their templates.
    if (inside.rfind("charts/", 0) == 0 && inside.find("/templates/_") != std::string::npos)
      place.templates += text + "\n";
  }
  return place;
}

class ChartText {
 public:
  explicit ChartText(const ChartFiles& chart) : chart_(chart), own_(place_in(chart, "", "")) {
    std::string folder;
    for (const auto& [path, text] : chart.files) {
      if (path.rfind("charts/", 0) != 0) continue;
      const auto slash = path.find('/', 7);
      if (slash == std::string::npos || path.substr(0, slash + 1) == folder) continue;
      folder = path.substr(0, slash + 1);
      const auto name = folder.substr(7, folder.size() - 8);
      subcharts_.push_back(place_in(chart, folder, name + "."));
    }
    if (const auto root = chart.files.find("Chart.yaml"); root != chart.files.end())
      if (const auto parsed = yaml::parse("Chart.yaml", root->second).root)
        if (const auto* all = parsed->find("dependencies"))
          for (const auto& one : all->items)
            for (const char* key : {"name", "alias"})
              if (const auto* name = one.find(key)) dependencies_.insert(name->text);
  }

  /// What is wrong with a path, or empty; `note` is what cannot be told.
  std::string mistake(const std::string& path, std::string& note) const {
    for (const auto& place : subcharts_)
      if (path.rfind(place.prefix, 0) == 0) {
        if (read_in(place, path.substr(place.prefix.size()))) return {};
        return read_in(own_, path) ? std::string{} : unread(place, path);
      }
    if (read_in(own_, path)) return {};
    const auto first = path.substr(0, path.find('.'));
    if (dependencies_.count(first)) {
      note = "subchart " + first + " is not unpacked under charts/, so nothing is known of it";
      return {};
    }
    return unread(own_, path);
  }

  /// The scalars in the map that the chart's values have at a path, a parent's before a subchart's.
  std::map<std::string, std::string> defaults(const std::string& path) const {
    std::map<std::string, std::string> out;
    const auto take = [&](const Place& place, const std::string& inside) {
      const auto* node = node_at(place, inside);
      if (node == nullptr) return;
      for (const auto& entry : node->entries)
        if (entry.value.kind == yaml::Node::Kind::scalar) out.emplace(entry.name, entry.value.text);
    };
    take(own_, path);
    for (const auto& place : subcharts_)
      if (path.rfind(place.prefix, 0) == 0) take(place, path.substr(place.prefix.size()));
    return out;
  }

 private:
  static const yaml::Node* node_at(const Place& place, std::string path) {
    const yaml::Node* node = place.values ? &*place.values : nullptr;
    while (node != nullptr && !path.empty()) {
      const auto dot = path.find('.');
      node = node->find(path.substr(0, dot));
      path = dot == std::string::npos ? std::string{} : path.substr(dot + 1);
    }
    return node;
  }

  static bool read_in(const Place& place, const std::string& path) {
    if (refers(place.templates, path, false)) return true;
    for (auto dot = path.rfind('.'); dot != std::string::npos && dot > 0;
         dot = path.rfind('.', dot - 1))
      if (written_whole(place.templates, path.substr(0, dot))) return true;
    // A map above it is passed on whole, and somebody reads a field of that name of something.
    for (auto dot = path.rfind('.'); dot != std::string::npos; dot = path.rfind('.', dot - 1)) {
      if (refers(place.templates, path.substr(0, dot), true) &&
          reads_field(place.templates, last_piece(path)))
        return true;
      if (dot == 0) break;
    }
    // `index .Values $name`, or a copy of all values.
    const bool whole = place.templates.find(".Values $") != std::string::npos ||
                       place.templates.find(".Values \"") != std::string::npos;
    return whole && reads_field(place.templates, last_piece(path));
  }

  static std::string unread(const Place& place, const std::string& path) {
    return node_at(place, path.substr(place.prefix.size())) != nullptr
               ? path + " stands in values.yaml, but no template reads it"
               : path + " is neither in values.yaml nor read by a template";
  }

  const ChartFiles& chart_;
  Place own_;
  std::vector<Place> subcharts_;
  std::set<std::string> dependencies_;
};

/// Limits in the chart's values that the profile does not know of, or takes for larger: the API
/// server would refuse requests above them, and no render would have said so.
void check_limits(const ProfileComponent& part, const Binding& bound, const ChartText& reading,
                  std::vector<BindingCheck>& out) {
  std::string untold;
  for (const auto& [resource, written] : reading.defaults(bound.path + ".limits")) {
    const auto most = quantity(written);
    const auto tells = [&](const auto& limit) {
      const auto claimed = quantity(limit.second);
      return limit.first == resource && claimed && claimed->value <= most->value;
    };
    if (most && std::none_of(bound.limits.begin(), bound.limits.end(), tells))
      untold += (untold.empty() ? "" : ", ") + resource + ": " + written;
  }
  if (!untold.empty())
    out.push_back({part.name,
                   "resources",
                   bound.path + ".limits",
                   "the chart has limits of its own; the binding must say limits: {" + untold +
                       "}, or larger requests are refused without a word",
                   {}});
}

}  // namespace

std::vector<BindingCheck> check_reads(const Profile& profile, const ChartFiles& chart) {
  const ChartText reading(chart);
  std::vector<BindingCheck> out;
  const auto look = [&](const std::string& component, const std::string& binding,
                        const std::string& path) {
    BindingCheck check{component, binding, path, {}, {}};
    check.mistake = reading.mistake(path, check.note);
    out.push_back(std::move(check));
  };
  for (const auto& part : profile.components) {
    for (const auto& [path, value] : part.always) look(part.name, "always", path);
    for (const auto& [name, bound] : part.bindings) {
      if (bound.encoding == Encoding::pdb || bound.encoding == Encoding::hpa_flat)
        for (const auto& [key, field] : bound.keys) look(part.name, name, bound.path + "." + field);
      else
        look(part.name, name, bound.path);
      if (bound.encoding == Encoding::probe_toggle) look(part.name, name, bound.path + ".enabled");
      if (name == "resources") check_limits(part, bound, reading, out);
      if (!bound.custom.empty()) look(part.name, name, bound.custom);
      for (const auto& [path, value] : bound.needs) look(part.name, name, path);
    }
  }
  for (const auto& carrier : profile.carriers) look("carriers", carrier.path, carrier.path);
  return out;
}

}  // namespace haplan::planner
