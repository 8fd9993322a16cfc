#include "planner/calibrate/subjects.hpp"

#include <array>
#include <set>

#include "planner/spec/suggest.hpp"
#include "planner/spec/typing.hpp"

namespace haplan::planner {

namespace {

constexpr std::array kKinds{SubjectKind::component, SubjectKind::external, SubjectKind::node,
                            SubjectKind::domain,    SubjectKind::vertex,   SubjectKind::link};

const Value* at(const Value* value, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (value != nullptr) value = value->find(key);
  return value;
}

bool is_replicated(const std::string& type) {
  return type == "stateless" || type == "primary-replica" || type == "quorum";
}

std::string section_of(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::component:
    case SubjectKind::external: return "components";
    case SubjectKind::node: return "cluster.nodes";
    case SubjectKind::domain: return "cluster.domains";
    case SubjectKind::vertex: return "network.vertices";
    case SubjectKind::link: return "network.links";
  }
  return {};
}

/// [s]; nothing when neither mtbf nor rate is a plain number.
std::optional<double> stated_mtbf(const Value& mode) {
  const Value* mtbf = mode.find("mtbf");
  if (mtbf != nullptr && mtbf->value > 0.0) return mtbf->value;
  const Value* rate = mode.find("rate");
  if (rate != nullptr && rate->value > 0.0) return 1.0 / rate->value;
  return std::nullopt;
}

/// Adds the modes that stand in a map under the subject.
void add_modes(const Value* map, const std::string& path, bool per_unit, bool takes_law,
               Subject& subject) {
  if (map == nullptr) return;
  for (const auto& [name, value] : map->fields) {
    FailureMode mode;
    mode.name = name;
    mode.path = path + "." + name;
    mode.per_unit = per_unit;
    mode.takes_law = takes_law;
    mode.has_rate = value.find("rate") != nullptr;
    mode.has_repair = value.find("repair") != nullptr;
    mode.stated_mtbf = stated_mtbf(value);
    subject.modes.push_back(std::move(mode));
  }
}

std::optional<double> fixed_replicas(const Value& component, const Value* plan) {
  for (const Value* from : {plan, &component}) {
    const Value* replicas = at(from, {"replicas"});
    if (replicas != nullptr && replicas->kind == Value::Kind::integer) return replicas->value;
    if (replicas != nullptr) return std::nullopt;
  }
  if (component.find("autoscale") != nullptr) return std::nullopt;
  return 1.0;
}

Subject component_subject(const std::string& name, const Value& component, const Value* plan) {
  Subject subject;
  subject.name = name;
  subject.path = "components." + name;
  const Value* type = component.find("type");
  const bool external = type != nullptr && type->text == "external";
  subject.kind = external ? SubjectKind::external : SubjectKind::component;
  subject.has_availability = component.find("availability") != nullptr;
  if (external) {
    FailureMode mode;
    mode.stated_mtbf = stated_mtbf(component);
    subject.units = 1.0;
    subject.modes.push_back(std::move(mode));
    return subject;
  }
  subject.units = fixed_replicas(component, plan);
  if (type != nullptr && is_replicated(type->text))
    add_modes(component.find("failures"), "failures", true, false, subject);
  add_modes(component.find("commonCause"), "commonCause", false, false, subject);
  add_modes(at(&component, {"storage", "failures"}), "storage.failures", false, true, subject);
  return subject;
}

Subject other_subject(SubjectKind kind, const std::string& name, const Value& value) {
  Subject subject;
  subject.kind = kind;
  subject.name = name;
  subject.path = section_of(kind) + "." + name;
  const Value* count = value.find("count");
  subject.units = count != nullptr ? count->value : 1.0;
  add_modes(value.find("failures"), "failures", true, true, subject);
  return subject;
}

/// A suggestion is a search through all names: nobody reads more of them than this.
constexpr std::size_t kSuggestions = 100;

/// "did you mean", or the names themselves when there are few.
Unknown unknown_name(const std::string& name, const std::multimap<std::string, std::size_t>& names,
                     const std::vector<Subject>& subjects) {
  std::vector<std::string> known;
  for (const Subject& subject : subjects) known.push_back(subject.name);
  std::string suggestion = nearest_word(name, known);
  if (suggestion.empty()) {
    std::vector<std::string> all;
    for (const auto& [one, index] : names) all.push_back(one);
    suggestion = nearest_word(name, all);
  }
  return {"the spec has no component, node, domain, vertex or link \"" + name + "\"",
          suggestion.empty() ? suggest_word(name, known) : "did you mean \"" + suggestion + "\"?"};
}

}  // namespace

std::string name_of(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::component: return "component";
    case SubjectKind::external: return "external";
    case SubjectKind::node: return "node";
    case SubjectKind::domain: return "domain";
    case SubjectKind::vertex: return "vertex";
    case SubjectKind::link: return "link";
  }
  return {};
}

Subjects::Subjects(const Value& document, const std::map<std::string, double>& replicas)
    : replicas_(replicas) {
  const Value* spec = document.find("spec");
  if (const Value* components = at(spec, {"components"}))
    for (const auto& [name, value] : components->fields)
      add(component_subject(name, value, at(spec, {"plan", "components", name.c_str()})));
  const auto add_all = [&](SubjectKind kind, std::initializer_list<const char*> keys) {
    if (const Value* map = at(spec, keys))
      for (const auto& [name, value] : map->fields) add(other_subject(kind, name, value));
  };
  add_all(SubjectKind::node, {"cluster", "nodes"});
  add_all(SubjectKind::domain, {"cluster", "domains"});
  add_all(SubjectKind::vertex, {"network", "vertices"});
  add_all(SubjectKind::link, {"network", "links"});
  for (std::size_t i = 0; i < subjects_.size(); ++i) {
    const Subject& subject = subjects_[i];
    if (subject.kind != SubjectKind::node || *subject.units <= 1.0) continue;
    for (int k = 1; k <= static_cast<int>(*subject.units); ++k)
      by_name_.emplace(subject.name + "-" + std::to_string(k), i);
  }
}

Subjects::Subjects(const std::map<std::string, double>& replicas)
    : known_(false), replicas_(replicas) {}

void Subjects::add(Subject subject) {
  const auto given = replicas_.find(subject.name);
  if (given != replicas_.end()) {
    subject.units = given->second;
    subject.units_assumed = false;
  }
  by_name_.emplace(subject.name, subjects_.size());
  subjects_.push_back(std::move(subject));
}

std::optional<std::size_t> Subjects::find(const std::string& name, Unknown& why) {
  const std::size_t slash = name.find('/');
  const std::string bare = slash == std::string::npos ? name : name.substr(slash + 1);
  std::optional<SubjectKind> wanted;
  if (slash != std::string::npos) {
    std::vector<std::string> words;
    for (const SubjectKind kind : kKinds) {
      words.push_back(name_of(kind));
      if (words.back() == name.substr(0, slash)) wanted = kind;
    }
    if (!wanted) {
      why = {"\"" + name.substr(0, slash) + "\" is no kind of what may fail",
             suggest_word(name.substr(0, slash), words)};
      return std::nullopt;
    }
  }
  std::vector<std::size_t> found;
  const auto [begin, end] = by_name_.equal_range(bare);
  for (auto it = begin; it != end; ++it)
    if (!wanted || subjects_[it->second].kind == *wanted) found.push_back(it->second);
  if (found.size() == 1) return found.front();
  if (found.empty() && !known_) return invent(wanted.value_or(SubjectKind::component), bare, why);
  if (found.empty()) {
    if (++unknowns_ <= kSuggestions)
      why = unknown_name(bare, by_name_, subjects_);
    else
      why = {"the spec has no component, node, domain, vertex or link \"" + bare + "\"", {}};
    return std::nullopt;
  }
  std::string list;
  for (const std::size_t i : found)
    list += (list.empty() ? "" : " or ") + name_of(subjects_[i].kind) + "/" + bare;
  why = {"\"" + bare + "\" is the name of several things", "write " + list};
  return std::nullopt;
}

std::optional<std::size_t> Subjects::invent(SubjectKind kind, const std::string& name,
                                            Unknown& why) {
  if (!is_label(name)) {
    why = {"\"" + name + "\" is not a name", "lower-case letters, digits and inner hyphens"};
    return std::nullopt;
  }
  Subject subject;
  subject.kind = kind;
  subject.name = name;
  subject.path = section_of(kind) + "." + name;
  subject.units = 1.0;
  subject.units_assumed = kind == SubjectKind::component || kind == SubjectKind::node;
  if (kind == SubjectKind::external) subject.modes.emplace_back();
  add(std::move(subject));
  return subjects_.size() - 1;
}

std::optional<std::size_t> Subjects::find_mode(std::size_t index, const std::string& cause,
                                               Unknown& why) {
  Subject& subject = subjects_[index];
  if (subject.kind == SubjectKind::external) return 0;
  std::vector<std::size_t> found;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < subject.modes.size(); ++i) {
    const FailureMode& mode = subject.modes[i];
    names.push_back(mode.name);
    if (mode.path == cause) return i;
    if (mode.name == cause || cause.empty()) found.push_back(i);
  }
  if (found.size() == 1) return found.front();
  const std::string of = name_of(subject.kind) + " \"" + subject.name + "\"";
  if (found.size() > 1) {
    why = {cause.empty() ? of + " fails in several ways, and no cause is given"
                         : of + " has several modes \"" + cause + "\"",
           cause.empty()
               ? suggest_word(cause, names)
               : "write " + subject.modes[found[0]].path + " or " + subject.modes[found[1]].path};
    return std::nullopt;
  }
  if (known_) {
    why = {subject.modes.empty() ? of + " has no failure modes in the spec"
                                 : of + " has no failure mode \"" + cause + "\"",
           subject.modes.empty() ? "add the mode to the spec" : suggest_word(cause, names)};
    return std::nullopt;
  }
  if (!is_label(cause)) {
    why = {cause.empty() ? "no cause is given" : "\"" + cause + "\" is not a name",
           "a cause becomes the name of a failure mode: crash, hang, power"};
    return std::nullopt;
  }
  FailureMode mode;
  mode.name = cause;
  mode.path = "failures." + cause;
  mode.takes_law = subject.kind != SubjectKind::component;
  subject.modes.push_back(std::move(mode));
  return subject.modes.size() - 1;
}

}  // namespace haplan::planner
