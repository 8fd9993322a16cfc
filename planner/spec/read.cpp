#include "planner/spec/read.hpp"

#include <algorithm>
#include <iterator>

#include "model/base/contract.hpp"
#include "planner/spec/merge.hpp"
#include "planner/spec/suggest.hpp"
#include "planner/spec/typing.hpp"

namespace haplan::planner {

namespace {

using Kind = yaml::Node::Kind;

/// What diagnostics call the name of a scenario on the command line.
constexpr const char* kScenario = "--scenario";

Diagnostic problem(const char* code, std::string message, SourceRef where,
                   std::string suggestion = {}) {
  return {Severity::error, code, std::move(message), std::move(where), std::move(suggestion), {}};
}

void append(Diagnostics& to, Diagnostics more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// Pieces of "a.b\.c": a dot behind a backslash belongs to the name, as in resource names.
std::vector<std::string> path_pieces(const std::string& path) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 1 < path.size() && path[i + 1] == '.')
      pieces.back() += path[++i];
    else if (path[i] == '.')
      pieces.emplace_back();
    else
      pieces.back() += path[i];
  }
  return pieces;
}

/// "path=value" as a tree of one branch, to be merged like a layer; nothing after a diagnostic.
std::optional<yaml::Node> set_tree(const Source& set, Diagnostics& diagnostics) {
  const SourceRef start{set.name, 1, 1,
                        static_cast<int>(std::max<std::size_t>(1, set.text.size()))};
  const std::size_t equals = set.text.find('=');
  auto pieces = path_pieces(set.text.substr(0, equals));
  const bool empty_piece = std::find(pieces.begin(), pieces.end(), "") != pieces.end();
  if (equals == std::string::npos || empty_piece || equals + 1 == set.text.size()) {
    diagnostics.push_back(
        problem("HA034", "a setting is path=value", start, "as components.api.replicas=3"));
    return std::nullopt;
  }
  // The value keeps its column: what stands before it becomes white space.
  yaml::Parsed value =
      yaml::parse(set.name, std::string(equals + 1, ' ') + set.text.substr(equals + 1));
  const bool is_null =
      !value.root && value.diagnostics.size() == 1 && value.diagnostics[0].code == "HA007";
  if (!is_null) append(diagnostics, std::move(value.diagnostics));
  if (!value.root && !is_null) return std::nullopt;
  yaml::Node tree = value.root ? std::move(*value.root) : yaml::Node{};
  if (tree.where.line == 0) tree.where = start;
  const auto& top = document_shape().keys;
  const bool from_root =
      std::any_of(top.begin(), top.end(), [&](const auto& key) { return key.first == pieces[0]; });
  if (!from_root) pieces.insert(pieces.begin(), "spec");
  const SourceRef key{set.name, 1, 1, static_cast<int>(std::max<std::size_t>(1, equals))};
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
    yaml::Node above;
    above.kind = Kind::map;
    above.where = key;
    above.entries.push_back({*piece, key, std::move(tree)});
    tree = std::move(above);
  }
  return tree;
}

void collect_parameters(const yaml::Node& root, Typing& typing) {
  const yaml::Node* spec = root.find("spec");
  const yaml::Node* all = spec ? spec->find("parameters") : nullptr;
  if (!all) return;
  for (const yaml::Entry& entry : all->entries) typing.parameters[entry.name] = &entry.value;
}

/// A parameter that nothing refers to has no effect: most likely a use was forgotten or misspelt.
void note_unused_parameters(const Value& document, const Typing& typing, Diagnostics& diagnostics) {
  const Value* spec = document.find("spec");
  const Value* all = spec ? spec->find("parameters") : nullptr;
  if (!all || has_errors(diagnostics)) return;
  for (const auto& [name, value] : all->fields) {
    if (typing.used_parameters.count(name)) continue;
    diagnostics.push_back(problem("HA040", "parameter \"" + name + "\" is not used", value.key,
                                  "write {param: " + name + "} where it is meant, or remove it"));
    diagnostics.back().severity = Severity::warning;
  }
}

/// Replicas of several variants have no place on nodes yet.
void refuse_placed_mixes(const Value& document, Diagnostics& diagnostics) {
  const Value* spec = document.find("spec");
  const Value* cluster = spec ? spec->find("cluster") : nullptr;
  const Value* components = spec ? spec->find("components") : nullptr;
  if (!cluster || !cluster->find("nodes") || !components) return;
  for (const auto& [name, component] : components->fields) {
    const Value* mix = component.find("mix");
    if (mix && mix->boolean)
      diagnostics.push_back(
          problem("HA030", "\"mix\" on the nodes of a cluster is not supported yet", mix->key,
                  "leave out \"mix\", so that one variant is chosen, or \"cluster\""));
  }
}

/// Types the whole document; scenarios may use parameters that they add.
Value typed_document(const yaml::Node& root, Typing& typing) {
  collect_parameters(root, typing);
  return typed(typing, root, document_shape(), {});
}

/// The patch of the named scenario, or null after a diagnostic.
const yaml::Node* scenario_patch(const yaml::Node& root, const std::string& name,
                                 Diagnostics& diagnostics) {
  const yaml::Node* spec = root.find("spec");
  const yaml::Node* all = spec ? spec->find("scenarios") : nullptr;
  std::vector<std::string> known;
  if (all)
    for (const yaml::Entry& entry : all->entries) known.push_back(entry.name);
  if (const yaml::Node* patch = all ? all->find(name) : nullptr) return patch;
  std::string message = "unknown scenario \"" + name + "\"";
  std::string suggestion = suggest_word(name, known);
  if (known.empty()) suggestion = "the spec has no scenarios";
  const SourceRef where{kScenario, 1, 1, static_cast<int>(std::max<std::size_t>(1, name.size()))};
  Diagnostic found = problem("HA033", std::move(message), where, std::move(suggestion));
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  if (!known.empty()) found.notes.push_back("known scenarios: " + list);
  diagnostics.push_back(std::move(found));
  return nullptr;
}

/// Whether a document with a plan says that it is something else than a result that is read here.
bool foreign(const yaml::Node& root, Diagnostics& diagnostics) {
  const auto complain = [&](const yaml::Node& node, std::string message, std::string advice) {
    diagnostics.push_back(problem("HA031", std::move(message), node.where, std::move(advice)));
    return true;
  };
  const auto says = [&](const char* name) { return root.find(name); };
  if (const auto* version = says("apiVersion"); version && version->text != "haplan.dev/v1alpha1")
    return complain(*version, "a plan's apiVersion must be \"haplan.dev/v1alpha1\"",
                    "give the result of a solve");
  if (const auto* kind = says("kind"); kind && kind->text != "PlanResult")
    return complain(*kind, "a plan's kind must be \"PlanResult\"", "give the result of a solve");
  const auto* format = says("formatVersion");
  if (format == nullptr || format->text == "1" || format->text.rfind("1.", 0) == 0) return false;
  return complain(*format, "this plan has another format than 1, which this version reads",
                  "solve the spec again with this version");
}

/// The plan of a plan file in its place, `spec.plan`, every element with its own position.
std::optional<yaml::Node> plan_tree(const Source& file, Diagnostics& diagnostics) {
  yaml::Parsed parsed = yaml::parse(file.name, file.text);
  append(diagnostics, std::move(parsed.diagnostics));
  if (!parsed.root) return std::nullopt;
  yaml::Node* inner = parsed.root->find("plan");
  const bool empty = inner ? inner->kind == Kind::null : parsed.root->find("apiVersion") != nullptr;
  if (empty) {
    diagnostics.push_back(problem("HA081", "this result has no plan", parsed.root->where,
                                  "give the result of a solve that found one"));
    return std::nullopt;
  }
  if (inner && foreign(*parsed.root, diagnostics)) return std::nullopt;
  yaml::Node tree = inner ? std::move(*inner) : std::move(*parsed.root);
  for (const char* name : {"plan", "spec"}) {
    yaml::Node above;
    above.kind = Kind::map;
    above.where = tree.where;
    above.entries.push_back({name, tree.where, std::move(tree)});
    tree = std::move(above);
  }
  return tree;
}

/// Replaces, not merges with, a plan that the layers hold.
void lay_plan(yaml::Node& root, const yaml::Node& plan) {
  if (yaml::Node* spec = root.find("spec"))
    std::erase_if(spec->entries, [](const yaml::Entry& entry) { return entry.name == "plan"; });
  merge(root, plan);
}

/// All layers and settings as one tree; nothing when none can be read.
///   settings  out: the settings alone, which win over a scenario too
std::optional<yaml::Node> merged_tree(const std::vector<Source>& sources,
                                      const std::vector<std::string>& sets,
                                      const std::optional<Source>& plan, ReadResult& result,
                                      std::vector<yaml::Node>& settings) {
  std::optional<yaml::Node> root;
  const auto lay = [&](yaml::Node tree) {
    if (root)
      merge(*root, tree);
    else
      root = std::move(tree);
  };
  bool broken = false;
  for (const Source& source : sources) {
    result.texts.push_back(source);
    yaml::Parsed parsed = yaml::parse(source.name, source.text);
    append(result.diagnostics, std::move(parsed.diagnostics));
    if (parsed.root && parsed.root->kind != Kind::map) {
      result.diagnostics.push_back(
          problem("HA002", "a spec is a map, not " + described(*parsed.root), parsed.root->where,
                  "a spec has apiVersion, kind, metadata and spec"));
      parsed.root.reset();
    }
    if (parsed.root)
      lay(std::move(*parsed.root));
    else
      broken = true;
  }
  if (plan) {
    result.texts.push_back(*plan);
    const auto tree = plan_tree(*plan, result.diagnostics);
    broken = broken || !tree;
    if (tree && root) lay_plan(*root, *tree);
  }
  for (std::size_t i = 0; i < sets.size(); ++i) {
    result.texts.push_back({"--set " + std::to_string(i + 1), sets[i]});
    if (auto tree = set_tree(result.texts.back(), result.diagnostics)) {
      settings.push_back(*tree);
      lay(std::move(*tree));
    }
  }
  // Without one of its layers everything else would be judged wrongly.
  if (broken) root.reset();
  return root;
}

}  // namespace

ReadResult read(const std::vector<Source>& sources, const std::vector<std::string>& sets,
                const std::optional<std::string>& scenario, const std::optional<Source>& plan) {
  HAPLAN_EXPECTS(!sources.empty());
  ReadResult result;
  std::vector<yaml::Node> settings;
  const auto root = merged_tree(sources, sets, plan, result, settings);
  if (scenario) result.texts.push_back({kScenario, *scenario});
  if (root) {
    Typing typing;
    Value document = typed_document(*root, typing);
    if (const yaml::Node* patch =
            scenario ? scenario_patch(*root, *scenario, result.diagnostics) : nullptr;
        patch && patch->kind == Kind::map) {
      yaml::Node patched = *root;
      yaml::Node layer;
      layer.kind = Kind::map;
      layer.entries.push_back({"spec", patch->where, *patch});
      merge(patched, layer);
      for (const yaml::Node& setting : settings) merge(patched, setting);
      document = typed_document(patched, typing);
      result.tree = std::move(patched);
    }
    append(result.diagnostics, std::move(typing.diagnostics));
    note_unused_parameters(document, typing, result.diagnostics);
    refuse_placed_mixes(document, result.diagnostics);
    result.document = std::move(document);
    if (!result.tree) result.tree = *root;
  }
  sort_diagnostics(result.diagnostics, result.texts);
  if (has_errors(result.diagnostics)) result.document.reset();
  return result;
}

}  // namespace haplan::planner
