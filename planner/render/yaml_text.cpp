#include "planner/render/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "model/base/contract.hpp"

namespace haplan::planner {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Texts that YAML 1.1 or 1.2 reads as something else although they look like words.
bool retyped_word(const std::string& text) {
  static constexpr std::array<const char*, 11> kWords = {
      "y", "n", "yes", "no", "true", "false", "null", "on", "off", "none", "inf"};
  const auto word = lower_case(text);
  return std::any_of(kWords.begin(), kWords.end(), [&](const char* w) { return word == w; });
}

/// Words, paths and names that start with a letter or '/', and contain nothing with a meaning in
/// YAML. Anything that starts like a number, date or sign is left to quotes.
bool plain_is_safe(const std::string& text) {
  if (text.empty() || retyped_word(text)) return false;
  const bool head = std::isalpha(static_cast<unsigned char>(text.front())) != 0 ||
                    text.front() == '/' || text.front() == '_';
  return head && std::all_of(text.begin(), text.end(), [](char c) {
           return is_word(c) || c == '-' || c == '_' || c == '.' || c == '/';
         });
}

/// Length of the UTF-8 sequence at `i` that a YAML reader could take for a line end, a control or a
/// byte order mark: U+0080-U+009F, U+2028, U+2029, U+FEFF; 0 otherwise. `name` is its escape.
std::size_t hidden_sequence(const std::string& text, std::size_t i, std::string& name) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  const auto byte = [&](std::size_t k) {
    return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U;
  };
  if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) < 0xA0) {
    name = std::string("\\x") + kHex[byte(1) >> 4] + kHex[byte(1) & 15];
    return 2;
  }
  if (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9)) {
    name = byte(2) == 0xA8 ? "\\u2028" : "\\u2029";
    return 3;
  }
  if (byte(0) == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF) {
    name = "\\uFEFF";
    return 3;
  }
  return 0;
}

std::string escaped_byte(char c) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"') return "\\\"";
  if (c == '\\') return "\\\\";
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  if (byte < 0x20 || byte == 0x7f) return std::string("\\x") + kHex[byte >> 4] + kHex[byte & 15];
  return std::string(1, c);
}

std::string escaped(const std::string& text) {
  std::string out = "\"";
  std::string name;
  for (std::size_t i = 0; i < text.size();) {
    if (const auto length = hidden_sequence(text, i, name)) {
      out += name;
      i += length;
    } else {
      out += escaped_byte(text[i++]);
    }
  }
  return out + '"';
}

std::string inline_text(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null: return "null";
    case YamlNode::Kind::plain: return node.scalar;
    case YamlNode::Kind::text: return yaml_scalar(node.scalar);
    case YamlNode::Kind::map: return "{}";
    case YamlNode::Kind::list: return "[]";
  }
  HAPLAN_EXPECTS(false);
  return {};
}

void write(const YamlNode& node, int indent, std::string& out);

void write_comment(const YamlNode& node, int indent, std::string& out) {
  if (!node.comment.empty()) {
    out.append(static_cast<std::size_t>(indent), ' ');
    out += "# " + one_line(node.comment) + "\n";
  }
}

void write_map(const YamlNode& node, int indent, std::string& out) {
  for (const auto& [name, value] : node.fields) {
    write_comment(value, indent, out);
    out.append(static_cast<std::size_t>(indent), ' ');
    out += yaml_scalar(name) + ":";
    if (value.empty()) {
      out += " " + inline_text(value) + "\n";
    } else {
      out += "\n";
      write(value, indent + 2, out);
    }
  }
}

void write_list(const YamlNode& node, int indent, std::string& out) {
  for (const auto& item : node.items) {
    write_comment(item, indent, out);
    const auto start = out.size();
    if (item.empty()) {
      out.append(static_cast<std::size_t>(indent), ' ');
      out += "- " + inline_text(item) + "\n";
      continue;
    }
    // The first line of the item shares the line of its dash.
    write(item, indent + 2, out);
    out[start + static_cast<std::size_t>(indent)] = '-';
  }
}

void write(const YamlNode& node, int indent, std::string& out) {
  if (node.kind == YamlNode::Kind::map) write_map(node, indent, out);
  if (node.kind == YamlNode::Kind::list) write_list(node, indent, out);
}

}  // namespace

YamlNode YamlNode::null() {
  YamlNode node;
  node.kind = Kind::null;
  return node;
}

YamlNode YamlNode::integer(long long value) {
  YamlNode node;
  node.kind = Kind::plain;
  node.scalar = std::to_string(value);
  return node;
}

YamlNode YamlNode::boolean(bool value) {
  YamlNode node;
  node.kind = Kind::plain;
  node.scalar = value ? "true" : "false";
  return node;
}

YamlNode YamlNode::text(std::string value) {
  YamlNode node;
  node.kind = Kind::text;
  node.scalar = std::move(value);
  return node;
}

YamlNode YamlNode::map(std::vector<std::pair<std::string, YamlNode>> fields) {
  YamlNode node;
  node.fields = std::move(fields);
  return node;
}

YamlNode YamlNode::list(std::vector<YamlNode> items) {
  YamlNode node;
  node.kind = Kind::list;
  node.items = std::move(items);
  return node;
}

YamlNode& YamlNode::operator[](const std::string& name) {
  HAPLAN_EXPECTS(kind == Kind::map);
  for (auto& [field, value] : fields)
    if (field == name) return value;
  return fields.emplace_back(name, YamlNode{}).second;
}

const YamlNode* YamlNode::find(const std::string& name) const {
  for (const auto& [field, value] : fields)
    if (field == name) return &value;
  return nullptr;
}

YamlNode& YamlNode::at(const std::string& path) {
  YamlNode* node = this;
  for (std::size_t start = 0; start <= path.size();) {
    const auto dot = std::min(path.find('.', start), path.size());
    node = &(*node)[path.substr(start, dot - start)];
    start = dot + 1;
  }
  return *node;
}

std::string to_yaml(const YamlNode& node) {
  if (node.empty()) return inline_text(node) + "\n";
  std::string out;
  write(node, 0, out);
  return out;
}

std::string yaml_scalar(const std::string& text) {
  return plain_is_safe(text) ? text : escaped(text);
}

std::string one_line(const std::string& text) {
  std::string out;
  std::string name;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (const auto length = hidden_sequence(text, i, name)) {
      out += ' ';
      i += length;
    } else {
      out += byte < 0x20 || byte == 0x7f ? ' ' : text[i];
      ++i;
    }
  }
  return out;
}

}  // namespace haplan::planner
