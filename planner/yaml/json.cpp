#include "planner/yaml/json.hpp"

#include <cctype>

namespace haplan::planner::yaml {

namespace {

std::string quoted(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += std::string("\\") + c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20 || byte == 0x7f)
      out += std::string("\\u00") + kHex[byte >> 4] + kHex[byte & 15];
    else
      out += c;
  }
  return out + '"';
}

/// Whether JSON reads the text as a number: -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_number(const std::string& text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]))) ++at;
    return at - from;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const std::size_t first = at;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

std::string scalar(const Node& node) {
  const bool word = node.text == "true" || node.text == "false";
  return !node.quoted && (word || is_number(node.text)) ? node.text : quoted(node.text);
}

}  // namespace

std::string to_json(const Node& node, std::size_t level) {
  const std::string inner(2 * level + 2, ' ');
  const std::string outer(2 * level, ' ');
  std::string out;
  switch (node.kind) {
    case Node::Kind::null: return "null";
    case Node::Kind::scalar: return scalar(node);
    case Node::Kind::list:
      for (const Node& item : node.items)
        out += (out.empty() ? "" : ",\n") + inner + to_json(item, level + 1);
      return out.empty() ? "[]" : "[\n" + out + "\n" + outer + "]";
    case Node::Kind::map:
      for (const Entry& entry : node.entries)
        out += (out.empty() ? "" : ",\n") + inner + quoted(entry.name) + ": " +
               to_json(entry.value, level + 1);
      return out.empty() ? "{}" : "{\n" + out + "\n" + outer + "}";
  }
  return out;
}

}  // namespace haplan::planner::yaml
