#pragma once

#include <string>
#include <utility>
#include <vector>

/// YAML as it is written: ordered, commented, quoted wherever some YAML version would retype a
/// text.
namespace haplan::planner {

struct YamlNode {
  enum class Kind { null, plain, text, map, list };

  Kind kind = Kind::map;
  std::string scalar;   ///< plain: written as it is (numbers, true); text: quoted when needed
  std::string comment;  ///< one line above the entry, or empty
  std::vector<std::pair<std::string, YamlNode>> fields;
  std::vector<YamlNode> items;

  static YamlNode null();
  static YamlNode integer(long long value);
  static YamlNode boolean(bool value);
  static YamlNode text(std::string value);
  static YamlNode map(std::vector<std::pair<std::string, YamlNode>> fields = {});
  static YamlNode list(std::vector<YamlNode> items = {});

  /// The field `name` of a map, made (as an empty map) when absent.
  YamlNode& operator[](const std::string& name);
  [[nodiscard]] const YamlNode* find(const std::string& name) const;
  /// The node at a dotted path of maps, made when absent.
  YamlNode& at(const std::string& path);
  [[nodiscard]] bool empty() const { return fields.empty() && items.empty(); }
};

/// Block style, 2 spaces, LF at the end. An empty map is {}, an empty list [].
std::string to_yaml(const YamlNode& node);

/// A scalar text as YAML: plain when every YAML version reads it back as the same text, else
/// double-quoted.
std::string yaml_scalar(const std::string& text);

/// A comment line's text: control bytes and line ends become spaces.
std::string one_line(const std::string& text);

}  // namespace haplan::planner
