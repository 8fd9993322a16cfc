#include "planner/render/places.hpp"

#include <algorithm>

#include "planner/yaml/locator.hpp"

namespace haplan::planner {
namespace {

bool blank(char c) { return c == ' ' || c == '\t'; }
bool line_end(char c) { return c == '\n' || c == '\r'; }

/// A text without spaces and line ends, to compare a folded scalar with what was written.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (!blank(c) && !line_end(c)) out += c;
  return out;
}

}  // namespace

Places::Places(const std::string& text) : text_(text) {
  lines_.push_back(text.rfind("\xEF\xBB\xBF", 0) == 0 ? 3 : 0);
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') lines_.push_back(i + 1);
}

std::size_t Places::begin(const SourceRef& where) const {
  const auto line =
      std::clamp<std::size_t>(static_cast<std::size_t>(std::max(where.line, 1)), 1, lines_.size());
  std::size_t byte = lines_[line - 1];
  for (int column = 1; column < where.column && byte < text_.size(); ++column) {
    ++byte;
    while (byte < text_.size() && (static_cast<unsigned char>(text_[byte]) & 0xC0) == 0x80) ++byte;
  }
  return byte;
}

std::size_t Places::line_begin(std::size_t byte) const {
  return *std::prev(std::upper_bound(lines_.begin(), lines_.end(), byte));
}

std::size_t Places::next_line(std::size_t byte) const {
  const auto next = std::upper_bound(lines_.begin(), lines_.end(), byte);
  return next == lines_.end() ? text_.size() : *next;
}

std::size_t Places::indent(const SourceRef& where) const {
  const std::size_t byte = begin(where);
  return byte - line_begin(byte);
}

bool Places::flow(const yaml::Node& node) const {
  const std::size_t byte = begin(node.where);
  return byte < text_.size() && (text_[byte] == '{' || text_[byte] == '[');
}

/// The last one that is written in the map itself; one that `<<` brought has its place before it.
const yaml::Entry* Places::last_entry(const yaml::Node& map) const {
  const yaml::Entry* last = nullptr;
  for (const auto& entry : map.entries)
    if (begin(entry.where) >= begin(map.where) &&
        (last == nullptr || begin(entry.where) > begin(last->where)))
      last = &entry;
  return last;
}

std::size_t Places::last_part(const yaml::Node& block) const {
  const auto* entry = last_entry(block);
  const auto& where = entry != nullptr      ? entry->where
                      : block.items.empty() ? block.where
                                            : block.items.back().where;
  const std::size_t part = line_begin(begin(where));
  std::size_t first = part;
  while (first > lines_.front()) {
    const std::size_t above = line_begin(first - 1);
    const auto mark = text_.find_first_not_of(" \t", above);
    if (text_[mark] != '#') return first;
    first = above;
  }
  return part;  // comments that begin the text are about all of it
}

bool Places::ends_open(const yaml::Node& node) const {
  if (node.kind == yaml::Node::Kind::scalar) {
    const std::size_t byte = begin(node.where);
    if (byte >= text_.size() || (text_[byte] != '|' && text_[byte] != '>')) return false;
    const auto header = text_.substr(byte, text_.find_first_of(" \t\r\n#", byte) - byte);
    return header.find('-') == std::string::npos;
  }
  if (flow(node)) return false;
  if (node.kind == yaml::Node::Kind::list)
    return !node.items.empty() && ends_open(node.items.back());
  const auto* entry = last_entry(node);
  return entry != nullptr && ends_open(entry->value);
}

std::size_t Places::quoted_end(std::size_t byte) const {
  const char quote = text_[byte++];
  for (; byte < text_.size(); ++byte) {
    if (text_[byte] == '\\' && quote == '"') {
      ++byte;
    } else if (text_[byte] == quote) {
      if (quote == '\'' && byte + 1 < text_.size() && text_[byte + 1] == quote)
        ++byte;
      else
        return byte + 1;
    }
  }
  return text_.size();
}

Places::Flow Places::flow_from(std::size_t byte) const {
  int depth = 0;
  std::size_t said = byte;
  while (byte < text_.size()) {
    const char c = text_[byte];
    const char before = byte == 0 ? ' ' : text_[byte - 1];
    // A quote opens a text only where a value may begin; within a plain one it is a letter.
    const bool opens =
        blank(before) || line_end(before) || std::string("[{,:").find(before) != std::string::npos;
    if ((c == '"' || c == '\'') && opens) {
      byte = quoted_end(byte);
      said = byte - 1;
      continue;
    }
    if (c == '#' && (blank(before) || line_end(before))) {
      byte = next_line(byte);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return {said, byte + 1};
    if (!blank(c) && !line_end(c)) said = byte;
    ++byte;
  }
  return {said, byte};
}

std::size_t Places::last_in_flow(const yaml::Node& node) const {
  return flow_from(begin(node.where)).last;
}

/// A plain scalar goes on over lines until it says what was read.
std::size_t Places::plain_end(std::size_t byte, const std::string& text) const {
  const auto wanted = squeezed(text);
  std::size_t end = byte;
  std::string seen;
  while (end < text_.size() && seen.size() < wanted.size()) {
    if (!blank(text_[end]) && !line_end(text_[end])) seen += text_[end];
    ++end;
  }
  return end;
}

/// A block scalar ends before the first line that is indented no more than its key; one that keeps its
/// last lines, with those that are empty.
std::size_t Places::block_end(std::size_t byte, std::size_t indent) const {
  const std::size_t end = next_line(byte);
  const auto header = text_.substr(byte, text_.find_first_of(" \t\r\n#", byte) - byte);
  const bool keeps = header.find('+') != std::string::npos;
  std::size_t last = byte + 1;
  while (last < end && !line_end(text_[last])) ++last;
  for (std::size_t line = end; line < text_.size(); line = next_line(line)) {
    std::size_t first = line;
    while (first < text_.size() && blank(text_[first])) ++first;
    if (first >= text_.size() || line_end(text_[first])) {
      if (keeps && first < text_.size()) last = next_line(line);
      continue;
    }
    if (first - line <= indent) break;
    last = next_line(line);
    while (last > first && line_end(text_[last - 1])) --last;
  }
  return last;
}

std::size_t Places::end(const yaml::Node& node, std::size_t indent) const {
  const std::size_t byte = begin(node.where);
  if (byte >= text_.size()) return text_.size();
  if (node.kind == yaml::Node::Kind::null)
    return byte + static_cast<std::size_t>(node.where.length);
  if (node.kind == yaml::Node::Kind::scalar) {
    const char c = text_[byte];
    if (c == '"' || c == '\'') return quoted_end(byte);
    if (c == '|' || c == '>') return block_end(byte, indent);
    return plain_end(byte, node.text);
  }
  if (flow(node)) return flow_from(byte).end;
  if (node.kind == yaml::Node::Kind::map) {
    const auto* last = last_entry(node);
    return last == nullptr ? byte : std::max(byte, end(*last));
  }
  return list_end(node);
}

/// Whether a word for nothing stands there.
bool Places::null_at(std::size_t byte) const {
  if (byte >= text_.size()) return false;
  const auto stop = std::min(text_.find_first_of(" \t\r\n,:]}", byte), text_.size());
  const auto word = text_.substr(byte, stop - byte);
  return word == "~" || word == "null" || word == "Null" || word == "NULL";
}

/// An item without a value has the place of whatever comes next, so its dash is looked for.
std::size_t Places::list_end(const yaml::Node& list) const {
  const std::size_t columns = this->indent(list.where);
  std::size_t dashes = 0;  // of the last items, which have no value
  auto item = list.items.rbegin();
  for (; item != list.items.rend() && item->kind == yaml::Node::Kind::null; ++item) ++dashes;
  const auto behind = [&](std::size_t dash) {
    const auto word = text_.find_first_not_of(' ', dash + 1);
    return null_at(word) ? std::min(text_.find_first_of(" \t\r\n", word), text_.size()) : dash + 1;
  };
  std::size_t last = begin(list.where);
  if (item == list.items.rend()) {
    last = behind(last);
    --dashes;
  } else {
    last = end(*item, columns);
  }
  for (std::size_t line = next_line(last - 1); dashes > 0 && line < text_.size();
       line = next_line(line)) {
    const auto first = text_.find_first_not_of(' ', line);
    if (first == std::string::npos || first - line != columns || text_[first] != '-') continue;
    last = behind(first);
    --dashes;
  }
  return last;
}

std::size_t Places::behind_colon(const yaml::Entry& entry) const {
  std::size_t byte = begin(entry.where);
  if (byte < text_.size() && (text_[byte] == '"' || text_[byte] == '\''))
    byte = quoted_end(byte);
  else
    byte = std::min(byte + entry.name.size(), text_.size());
  const auto colon = text_.find(':', byte);
  return colon == std::string::npos ? text_.size() : colon + 1;
}

std::size_t Places::value_on_line(const yaml::Entry& entry) const {
  std::size_t byte = behind_colon(entry);
  while (byte < text_.size() && blank(text_[byte])) ++byte;
  if (byte < text_.size() && text_[byte] == '#') {
    while (byte < text_.size() && !line_end(text_[byte])) ++byte;
  }
  return byte;
}

/// Nothing is written for a value that is empty: its place is that of the key or of whatever comes
/// next, be that far below.
bool Places::null_written(const yaml::Entry& entry) const {
  const std::size_t byte = begin(entry.value.where);
  const std::size_t colon = behind_colon(entry);
  if (byte < colon) return false;
  const bool inside =
      line_begin(byte) == line_begin(colon - 1) || byte - line_begin(byte) > indent(entry.where);
  return inside && null_at(byte);
}

std::size_t Places::end(const yaml::Entry& entry) const {
  const auto& value = entry.value;
  const std::size_t colon = behind_colon(entry);
  const std::size_t written = value_on_line(entry);
  const bool alias = written < text_.size() && text_[written] == '*';
  if (alias) {
    const auto stop = text_.find_first_of(" \t\r\n,]}", written);
    return std::min(stop, text_.size());
  }
  if (value.kind == yaml::Node::Kind::null && !null_written(entry)) return colon;
  return end(value, indent(entry.where));
}

}  // namespace haplan::planner
