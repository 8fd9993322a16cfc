#include "planner/chart/manifests.hpp"

#include <algorithm>

/// Reading what helm rendered; see manifests.hpp.
namespace haplan::planner {

using yaml::Node;

std::vector<Manifest> manifests_in(const std::string& stream) {
  std::vector<Manifest> out;
  for (std::size_t start = 0; start < stream.size();) {
    std::size_t stop = stream.rfind("---", start) == start ? start : stream.find("\n---", start);
    if (stop == std::string::npos) stop = stream.size();
    auto parsed = yaml::parse("manifests", stream.substr(start, stop - start));
    if (parsed.root && parsed.root->kind == Node::Kind::map) {
      out.push_back({std::move(*parsed.root), {}});
      for (const auto& fault : parsed.diagnostics)
        if (fault.code == "HA005") out.back().twice = fault.message;
    }
    if (stop == stream.size()) break;
    const auto line = stream.find('\n', stop + 1);
    start = line == std::string::npos ? stream.size() : line + 1;
  }
  return out;
}

const Node* node_at(const Node* node, const std::string& path) {
  for (std::size_t start = 0; node != nullptr && start < path.size();) {
    const auto dot = std::min(path.find('.', start), path.size());
    node = node->find(path.substr(start, dot - start));
    start = dot + 1;
  }
  return node;
}

const YamlNode* node_at(const YamlNode& root, const std::string& path) {
  const YamlNode* node = &root;
  for (std::size_t start = 0; node != nullptr && start < path.size();) {
    const auto dot = std::min(path.find('.', start), path.size());
    node = node->find(path.substr(start, dot - start));
    start = dot + 1;
  }
  return node;
}

std::string text_at(const Node& node, const std::string& path) {
  const Node* found = node_at(&node, path);
  return found == nullptr ? std::string{} : found->text;
}

std::string shown(const Node* node) {
  if (node == nullptr || node->kind == Node::Kind::null) return "nothing";
  if (node->kind == Node::Kind::scalar) return "\"" + node->text + "\"";
  return node->kind == Node::Kind::map ? "another map" : "another list";
}

std::string lacking(const Node* there, const YamlNode& wanted, const std::string& path) {
  const auto differs = [&](const std::string& instead) {
    return path + " is " + instead +
           (wanted.scalar.empty() ? "" : ", not \"" + wanted.scalar + "\"");
  };
  switch (wanted.kind) {
    case YamlNode::Kind::null:
      return there == nullptr || there->kind == Node::Kind::null ? "" : path + " is still there";
    case YamlNode::Kind::plain:
    case YamlNode::Kind::text:
      if (there != nullptr && there->kind == Node::Kind::scalar && there->text == wanted.scalar)
        return {};
      return differs(shown(there));
    case YamlNode::Kind::map:
      if (there == nullptr || there->kind != Node::Kind::map) return differs(shown(there));
      for (const auto& [name, value] : wanted.fields) {
        auto found = lacking(there->find(name), value, path + "." + name);
        if (!found.empty()) return found;
      }
      return {};
    case YamlNode::Kind::list: break;
  }
  if (there == nullptr || there->kind != Node::Kind::list) return differs(shown(there));
  for (const auto& item : wanted.items)
    if (std::none_of(there->items.begin(), there->items.end(),
                     [&](const Node& one) { return lacking(&one, item, path).empty(); }))
      return path + " lacks an item that the values give";
  return {};
}

bool mentions(const Node& node, const std::string& wanted) {
  if (node.text.find(wanted) != std::string::npos) return true;
  return std::any_of(node.items.begin(), node.items.end(),
                     [&](const Node& item) { return mentions(item, wanted); }) ||
         std::any_of(node.entries.begin(), node.entries.end(),
                     [&](const yaml::Entry& entry) { return mentions(entry.value, wanted); });
}

}  // namespace haplan::planner
