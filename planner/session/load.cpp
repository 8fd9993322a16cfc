#include "planner/profile/profile.hpp"
#include "planner/render/values.hpp"
#include "planner/session/session.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner {

namespace {

std::string quoted(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// A tree as flow YAML, in which a scalar keeps whether it was quoted.
std::string flow(const yaml::Node& node) {
  std::string out;
  switch (node.kind) {
    case yaml::Node::Kind::null: return "null";
    case yaml::Node::Kind::scalar: return node.quoted ? quoted(node.text) : node.text;
    case yaml::Node::Kind::list:
      for (const yaml::Node& item : node.items) out += (out.empty() ? "" : ", ") + flow(item);
      return "[" + out + "]";
    case yaml::Node::Kind::map:
      for (const yaml::Entry& entry : node.entries)
        out += (out.empty() ? "" : ", ") + quoted(entry.name) + ": " + flow(entry.value);
      return "{" + out + "}";
  }
  return out;
}

/// The plan of a plan file as one more layer over the spec: `spec.plan` in its place.
std::optional<Source> plan_layer(const Source& file, Diagnostics& diagnostics) {
  yaml::Parsed parsed = yaml::parse(file.name, file.text);
  diagnostics.insert(diagnostics.end(), parsed.diagnostics.begin(), parsed.diagnostics.end());
  if (!parsed.root) return std::nullopt;
  const yaml::Node* plan = parsed.root->find("plan");
  if (!plan && parsed.root->find("apiVersion")) {
    diagnostics.push_back({Severity::error,
                           "HA081",
                           "this result has no plan",
                           parsed.root->where,
                           "give the result of a solve that found one",
                           {}});
    return std::nullopt;
  }
  return Source{file.name, "spec: {plan: " + flow(plan ? *plan : *parsed.root) + "}\n"};
}

}  // namespace

Loaded load(const Inputs& inputs) {
  Loaded loaded;
  std::vector<Source> sources = inputs.sources;
  if (inputs.plan) {
    std::optional<Source> layer = plan_layer(*inputs.plan, loaded.diagnostics);
    if (!layer) {
      loaded.texts = {*inputs.plan};
      return loaded;
    }
    // A plan that the spec may hold is replaced, not merged with.
    sources.push_back({inputs.plan->name, "spec: {plan: null}\n"});
    sources.push_back(std::move(*layer));
  }
  ReadResult read_result = read(sources, inputs.sets, inputs.scenario);
  loaded.diagnostics = std::move(read_result.diagnostics);
  loaded.texts = std::move(read_result.texts);
  if (inputs.plan) {
    // The layer that only deletes would hide the plan's text of the same name.
    std::erase_if(loaded.texts,
                  [](const Source& text) { return text.text == "spec: {plan: null}\n"; });
  }
  if (!read_result.document) return loaded;
  LowerResult lowered = lower(*read_result.document);
  loaded.diagnostics.insert(loaded.diagnostics.end(), lowered.diagnostics.begin(),
                            lowered.diagnostics.end());
  if (lowered.lowered) {
    lowered.lowered->problem.rules = written_rules(*lowered.lowered);
    const Diagnostics releases = check_releases(*lowered.lowered, embedded_profiles());
    loaded.diagnostics.insert(loaded.diagnostics.end(), releases.begin(), releases.end());
  }
  if (!has_errors(loaded.diagnostics)) loaded.lowered = std::move(lowered.lowered);
  return loaded;
}

}  // namespace haplan::planner
