#include "planner/render/merged.hpp"

#include <algorithm>
#include <string>

namespace haplan::planner {
namespace {

bool unchanged(const yaml::Node& before, const yaml::Node& after) {
  return before.kind == after.kind && before.quoted == after.quoted && before.text == after.text &&
         std::equal(before.items.begin(), before.items.end(), after.items.begin(),
                    after.items.end(), unchanged) &&
         std::equal(before.entries.begin(), before.entries.end(), after.entries.begin(),
                    after.entries.end(), [](const yaml::Entry& a, const yaml::Entry& b) {
                      return a.name == b.name && unchanged(a.value, b.value);
                    });
}

std::string identity(const yaml::Node& item) {
  const auto text = [&](const yaml::Node* node) {
    return node != nullptr && node->kind == yaml::Node::Kind::scalar ? node->text : std::string{};
  };
  if (const auto* key = item.find("key")) return "key " + text(key);
  if (const auto* key = item.find("topologyKey")) return "topology " + text(key);
  const auto* metadata = item.find("metadata");
  if (metadata != nullptr) return text(item.find("kind")) + " " + text(metadata->find("name"));
  return {};
}

std::string identity(const YamlNode& item) {
  const auto text = [&](const YamlNode* node) { return node ? node->scalar : std::string{}; };
  if (const auto* key = item.find("key")) return "key " + text(key);
  if (const auto* key = item.find("topologyKey")) return "topology " + text(key);
  const auto* metadata = item.find("metadata");
  if (metadata != nullptr) return text(item.find("kind")) + " " + text(metadata->find("name"));
  return {};
}

/// Whether a list holds what is wanted, and else only what was there, in its order.
bool items_as_merged(const yaml::Node& before, const YamlNode& wanted, const yaml::Node& after) {
  if (after.kind != yaml::Node::Kind::list) return false;
  const auto asked = [&](const yaml::Node& item) {
    return std::any_of(wanted.items.begin(), wanted.items.end(),
                       [&](const YamlNode& one) { return same_value(item, one); });
  };
  const auto replaced = [&](const yaml::Node& item) {
    return std::any_of(wanted.items.begin(), wanted.items.end(),
                       [&](const YamlNode& one) { return same_item(item, one); });
  };
  auto old = before.items.begin();
  for (const auto& item : after.items) {
    if (asked(item)) continue;
    while (old != before.items.end() && !unchanged(*old, item) && (asked(*old) || replaced(*old)))
      ++old;
    if (old == before.items.end() || !unchanged(*old, item)) return false;
    ++old;
  }
  return std::all_of(old, before.items.end(),
                     [&](const auto& item) { return asked(item) || replaced(item); }) &&
         std::all_of(wanted.items.begin(), wanted.items.end(), [&](const YamlNode& one) {
           return std::any_of(after.items.begin(), after.items.end(),
                              [&](const yaml::Node& item) { return same_value(item, one); });
         });
}

}  // namespace

bool same_value(const yaml::Node& there, const YamlNode& wanted) {
  using Kind = yaml::Node::Kind;
  switch (wanted.kind) {
    case YamlNode::Kind::null: return there.kind == Kind::null;
    case YamlNode::Kind::plain:
      return there.kind == Kind::scalar && !there.quoted && there.text == wanted.scalar;
    case YamlNode::Kind::text: return there.kind == Kind::scalar && there.text == wanted.scalar;
    case YamlNode::Kind::list:
      return there.kind == Kind::list && there.items.size() == wanted.items.size() &&
             std::equal(there.items.begin(), there.items.end(), wanted.items.begin(), same_value);
    case YamlNode::Kind::map: break;
  }
  return there.kind == Kind::map && there.entries.size() == wanted.fields.size() &&
         std::all_of(wanted.fields.begin(), wanted.fields.end(), [&](const auto& field) {
           const auto* value = there.find(field.first);
           return value != nullptr && same_value(*value, field.second);
         });
}

bool same_item(const yaml::Node& there, const YamlNode& wanted) {
  const auto name = identity(wanted);
  return !name.empty() && identity(there) == name;
}

bool as_merged(const yaml::Node& before, const YamlNode& wanted, const yaml::Node& after) {
  if (wanted.kind == YamlNode::Kind::list && !before.items.empty())
    return items_as_merged(before, wanted, after);
  if (wanted.kind != YamlNode::Kind::map || wanted.fields.empty() || before.entries.empty())
    return same_value(after, wanted);
  const auto there = [&](const std::string& name) { return after.find(name) != nullptr; };
  return after.kind == yaml::Node::Kind::map &&
         std::all_of(before.entries.begin(), before.entries.end(),
                     [&](const yaml::Entry& entry) { return there(entry.name); }) &&
         std::all_of(wanted.fields.begin(), wanted.fields.end(),
                     [&](const auto& field) { return there(field.first); }) &&
         std::all_of(after.entries.begin(), after.entries.end(), [&](const yaml::Entry& entry) {
           const auto* old = before.find(entry.name);
           const auto* value = wanted.find(entry.name);
           if (value != nullptr) return as_merged(old ? *old : yaml::Node{}, *value, entry.value);
           return old != nullptr && unchanged(*old, entry.value);
         });
}

}  // namespace haplan::planner
