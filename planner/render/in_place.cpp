#include "planner/render/in_place.hpp"

#include <algorithm>
#include <optional>

#include "planner/render/merged.hpp"
#include "planner/render/places.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner {
namespace {

constexpr const char* kMark = "# haplan: ";

struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
  int rank = 1;  ///< at one place: lines that belong to what stands before it go first
};

/// Lines of a block, indented; the first one as well.
std::string indented(const std::string& block, std::size_t columns) {
  std::string out;
  for (std::size_t start = 0; start < block.size();) {
    const auto stop = std::min(block.find('\n', start), block.size() - 1);
    out += std::string(columns, ' ') + block.substr(start, stop + 1 - start);
    start = stop + 1;
  }
  return out;
}

std::string entry_text(const std::string& name, YamlNode value) {
  if (!value.comment.empty()) value.comment = std::string(kMark + 2) + value.comment;
  YamlNode map;
  map.fields.emplace_back(name, std::move(value));
  return to_yaml(map);
}

/// Reasons of all that is within, marked as ours.
YamlNode marked(YamlNode node) {
  for (auto& [name, value] : node.fields) {
    value = marked(std::move(value));
    if (!value.comment.empty()) value.comment = std::string(kMark + 2) + value.comment;
  }
  return node;
}

std::string flow_text(const YamlNode& node) {
  std::string out;
  switch (node.kind) {
    case YamlNode::Kind::null: return "null";
    case YamlNode::Kind::plain: return node.scalar;
    case YamlNode::Kind::text: return yaml_scalar(node.scalar);
    case YamlNode::Kind::list:
      for (const auto& item : node.items) out += (out.empty() ? "" : ", ") + flow_text(item);
      return "[" + out + "]";
    case YamlNode::Kind::map:
      for (const auto& [name, value] : node.fields)
        out += (out.empty() ? "" : ", ") + yaml_scalar(name) + ": " + flow_text(value);
      return "{" + out + "}";
  }
  return out;
}

/// First byte of the line that ends the document ("..."), or of what comes after the text.
std::size_t document_end(const std::string& text) {
  for (std::size_t line = 0; line < text.size();) {
    const auto next = std::min(text.find('\n', line), text.size() - 1) + 1;
    const auto behind = line + 3 < text.size() ? text[line + 3] : '\n';
    if (text.compare(line, 3, "...") == 0 &&
        std::string(" \t\r\n").find(behind) != std::string::npos)
      return line;
    line = next;
  }
  return text.size();
}

std::optional<std::size_t> lone_return(const std::string& text) {
  auto byte = text.find('\r');
  while (byte != std::string::npos && text.compare(byte, 2, "\r\n") == 0)
    byte = text.find('\r', byte + 2);
  if (byte == std::string::npos) return std::nullopt;
  return byte;
}

class Editor {
 public:
  Editor(const std::string& text, Diagnostics& diagnostics)
      : text_(text), places_(text), diagnostics_(diagnostics) {}

  void set_fields(const yaml::Node& map, const YamlNode& values) {
    const bool in_flow = places_.flow(map);
    std::string added;
    for (const auto& [name, value] : values.fields) {
      const auto* entry = find(map, name);
      if (entry == nullptr) {
        if (in_flow)
          added += ((map.entries.empty() && added.empty()) ? "" : ", ") + yaml_scalar(name) + ": " +
                   flow_text(value);
        else
          added += entry_text(name, marked(value));
      } else if (own(map, *entry, in_flow)) {
        set(*entry, value, in_flow);
      } else {
        refuse(entry->where, "\"" + name + "\" comes from a merge key here",
               "write the key out in this map");
      }
    }
    if (added.empty()) return;
    if (in_flow)
      add_in_flow(map, added);
    else
      insert_lines(places_.end(map, 0), indented(added, places_.indent(map.where)), map);
  }

  /// A map that is written in brackets and empty, as the value of nothing: the whole document.
  void replace_document(const yaml::Node& root, const YamlNode& values) {
    edits_.push_back({places_.begin(root.where), places_.end(root, 0), to_yaml(marked(values))});
    if (!edits_.back().text.empty()) edits_.back().text.pop_back();
  }

  std::string result() {
    std::stable_sort(edits_.begin(), edits_.end(), [](const Edit& a, const Edit& b) {
      return std::pair(a.begin, a.rank) < std::pair(b.begin, b.rank);
    });
    const bool crlf = text_.find("\r\n") != std::string::npos;
    std::string out;
    std::size_t at = 0;
    for (const auto& edit : edits_) {
      out.append(text_, at, edit.begin - at);
      for (const char c : edit.text) out += c == '\n' && crlf ? "\r\n" : std::string(1, c);
      at = edit.end;
    }
    return out + text_.substr(at);
  }

 private:
  static const yaml::Entry* find(const yaml::Node& map, const std::string& name) {
    for (const auto& entry : map.entries)
      if (entry.name == name) return &entry;
    return nullptr;
  }

  /// Whether the entry is written in the map itself; one that `<<` brought has its place before it.
  [[nodiscard]] bool own(const yaml::Node& map, const yaml::Entry& entry, bool in_flow) const {
    if (places_.begin(entry.where) < places_.begin(map.where)) return false;
    return in_flow || entry.where.column == map.where.column;
  }

  void refuse(const SourceRef& where, std::string message, std::string suggestion) {
    diagnostics_.push_back(
        {Severity::error, "HA106", std::move(message), where, std::move(suggestion), {}});
  }

  /// Behind the last element of a map or list in brackets, and before a comma that ends it.
  ///   added  begins with a comma where there are elements
  void add_in_flow(const yaml::Node& node, std::string added) {
    std::size_t at = places_.last_in_flow(node);
    const bool comma = text_[at] == ',';
    if (comma) added = added.substr(1);
    edits_.push_back({at + 1, at + 1, std::move(added)});
  }

  /// Whole lines behind the line in which `end` lies; before the last part of the block that they
  /// belong to where a line end behind that would become part of its value.
  void insert_lines(std::size_t end, std::string lines, const yaml::Node& block) {
    const std::size_t at = places_.next_line(end == 0 ? 0 : end - 1);
    const bool unfinished = at == text_.size() && !text_.empty() && text_.back() != '\n';
    if (unfinished && places_.ends_open(block)) {
      const std::size_t last = places_.last_part(block);
      edits_.push_back({last, last, std::move(lines), 0});
      return;
    }
    if (unfinished) {
      lines.pop_back();
      lines.insert(0, "\n");
    }
    // Where the last line has no end, a value that it is given goes before them.
    edits_.push_back({at, at, std::move(lines), unfinished ? 2 : 0});
  }

  /// The reason above an entry, where none of ours stands there yet.
  void set_comment(const yaml::Entry& entry, const std::string& comment, bool changed) {
    if (comment.empty()) return;
    const std::size_t key = places_.begin(entry.where);
    const std::size_t line = places_.line_begin(key);
    const std::string wanted = kMark + one_line(comment);
    if (line > 0) {
      const std::size_t above = places_.line_begin(line - 1);
      const auto first = text_.find_first_not_of(" \t", above);
      if (first != std::string::npos &&
          text_.compare(first, std::string(kMark).size(), kMark) == 0) {
        std::size_t stop = line;
        while (stop > first && (text_[stop - 1] == '\n' || text_[stop - 1] == '\r')) --stop;
        if (text_.substr(first, stop - first) != wanted) edits_.push_back({first, stop, wanted});
        return;
      }
    }
    if (changed) edits_.push_back({line, line, text_.substr(line, key - line) + wanted + "\n"});
  }

  void set(const yaml::Entry& entry, const YamlNode& wanted, bool in_flow) {
    const std::size_t written = places_.value_on_line(entry);
    const char first = written < text_.size() ? text_[written] : '\n';
    const auto before = edits_.size();
    if (same_value(entry.value, wanted) && wanted.kind != YamlNode::Kind::map) {
      if (!in_flow) set_comment(entry, wanted.comment, false);
      return;
    }
    if (first == '*' || first == '&' || first == '!')
      return refuse(entry.where,
                    std::string("\"") + entry.name + "\" has " +
                        (first == '*'   ? "an alias"
                         : first == '&' ? "an anchor"
                                        : "a tag") +
                        " for its value, so that a change would not stay here",
                    "write the value out without it");
    const bool map = wanted.kind == YamlNode::Kind::map && !wanted.fields.empty();
    if (map && entry.value.kind == yaml::Node::Kind::map && !entry.value.entries.empty())
      set_fields(entry.value, wanted);
    else if (wanted.kind == YamlNode::Kind::list && entry.value.kind == yaml::Node::Kind::list &&
             !entry.value.items.empty())
      set_items(entry, wanted);
    else
      replace(entry, wanted, in_flow);
    if (!in_flow) set_comment(entry, wanted.comment, edits_.size() > before);
  }

  /// What ties an item to another place; an alias has the place of what it stands for, which is before it.
  [[nodiscard]] const char* shared_item(const yaml::Node& list, const yaml::Node& item) const {
    const std::size_t byte = places_.begin(item.where);
    const auto index = static_cast<std::size_t>(&item - list.items.data());
    const std::size_t before =
        index == 0 ? places_.begin(list.where) : places_.begin(list.items[index - 1].where) + 1;
    if (byte < before) return "an alias";
    if (byte < text_.size() && text_[byte] == '&') return "an anchor";
    return byte < text_.size() && text_[byte] == '!' ? "a tag" : nullptr;
  }

  void set_items(const yaml::Entry& entry, const YamlNode& wanted) {
    const auto& list = entry.value;
    const bool in_flow = places_.flow(list);
    const std::size_t dash = places_.indent(list.where);
    std::string added;
    for (const auto& item : wanted.items) {
      const auto there = std::find_if(list.items.begin(), list.items.end(),
                                      [&](const yaml::Node& one) { return same_item(one, item); });
      if (there == list.items.end()) {
        const bool present =
            std::any_of(list.items.begin(), list.items.end(),
                        [&](const yaml::Node& one) { return same_value(one, item); });
        if (!present)
          added +=
              in_flow ? ", " + flow_text(item) : indented(to_yaml(YamlNode::list({item})), dash);
      } else if (!same_value(*there, item)) {
        if (const char* shared = shared_item(list, *there)) {
          refuse(there->where,
                 "an item of \"" + entry.name + "\" has " + shared +
                     ", so that a change would not stay here",
                 "write the item out without it");
          continue;
        }
        std::string text =
            in_flow || places_.flow(*there) ? flow_text(item) : indented(to_yaml(item), dash + 2);
        if (text.back() == '\n') text = text.substr(dash + 2, text.size() - dash - 3);
        edits_.push_back({places_.begin(there->where), before_line_end(places_.end(*there, dash)),
                          std::move(text)});
      }
    }
    if (added.empty()) return;
    if (in_flow)
      add_in_flow(list, added);
    else
      insert_lines(places_.end(list, places_.indent(entry.where)), added, list);
  }

  /// Of a value that ends with its last line, the end of what stands on that.
  [[nodiscard]] std::size_t before_line_end(std::size_t end) const {
    if (end == 0 || text_[end - 1] != '\n') return end;
    return end > 1 && text_[end - 2] == '\r' ? end - 2 : end - 1;
  }

  /// The whole value, whatever it was.
  void replace(const yaml::Entry& entry, const YamlNode& wanted, bool in_flow) {
    const std::size_t colon = places_.behind_colon(entry);
    const std::size_t end = std::max(before_line_end(places_.end(entry)), colon);
    const bool nothing = end == colon;
    const std::size_t begin = nothing ? colon : places_.begin(entry.value.where);
    const bool block = !in_flow && !wanted.empty() &&
                       (wanted.kind == YamlNode::Kind::map || wanted.kind == YamlNode::Kind::list);
    if (!block) {
      std::string text = flow_text(wanted);
      const char quote = nothing ? ' ' : text_[begin];
      if (wanted.kind == YamlNode::Kind::text && quote == '\'' &&
          wanted.scalar.find_first_of("'\n") == std::string::npos)
        text = "'" + wanted.scalar + "'";
      else if (wanted.kind == YamlNode::Kind::text && quote == '"' && text.front() != '"')
        text = "\"" + text + "\"";
      const bool was_block = places_.line_begin(begin) != places_.line_begin(colon - 1);
      edits_.push_back({was_block ? colon : begin, end, (nothing || was_block ? " " : "") + text});
      return;
    }
    const std::size_t columns = places_.indent(entry.where) + 2;
    std::string lines = indented(to_yaml(marked(wanted)), columns);
    if (!nothing && places_.line_begin(begin) != places_.line_begin(colon - 1)) {
      // A block stands there: ours takes its lines.
      lines.pop_back();
      edits_.push_back({places_.line_begin(begin), end, std::move(lines)});
      return;
    }
    std::size_t from = begin;
    while (from > colon && (text_[from - 1] == ' ' || text_[from - 1] == '\t')) --from;
    if (!nothing) edits_.push_back({from, end, ""});
    const bool empty_line = end > colon && places_.line_begin(end) == end;
    insert_lines(empty_line ? end + 1 : end, std::move(lines), yaml::Node{});
  }

  const std::string& text_;
  Places places_;
  Diagnostics& diagnostics_;
  std::vector<Edit> edits_;
};

}  // namespace

Edited edit_in_place(const std::string& name, const std::string& text, const YamlNode& values) {
  Edited edited;
  if (const auto byte = lone_return(text)) {
    edited.diagnostics.push_back(
        {Severity::error,
         "HA106",
         "a carriage return without a line feed, which not every reader takes for the end of a "
         "line",
         {name,
          1 + static_cast<int>(std::count(text.begin(),
                                          text.begin() + static_cast<std::ptrdiff_t>(*byte), '\n')),
          1},
         "end lines with LF or CRLF",
         {}});
    return edited;
  }
  auto parsed = yaml::parse(name, text);
  if (!parsed.root) {
    const bool nothing = parsed.diagnostics.size() == 1 && parsed.diagnostics[0].code == "HA007";
    if (!nothing) {
      edited.diagnostics = std::move(parsed.diagnostics);
      return edited;
    }
    const std::size_t stop = document_end(text);
    const bool unfinished = stop > 0 && text[stop - 1] != '\n';
    edited.text = text.substr(0, stop) + (unfinished ? "\n" : "") +
                  (values.empty() ? "" : to_yaml(marked(values))) + text.substr(stop);
    return edited;
  }
  // Of a key that stands twice Helm takes the last one, silently.
  if (has_errors(parsed.diagnostics)) {
    edited.diagnostics = std::move(parsed.diagnostics);
    return edited;
  }
  if (parsed.root->kind != yaml::Node::Kind::map) {
    edited.diagnostics.push_back({Severity::error,
                                  "HA106",
                                  "a values file is a map",
                                  parsed.root->where,
                                  "give the file that is passed to helm with -f",
                                  {}});
    return edited;
  }
  Editor editor(text, edited.diagnostics);
  if (parsed.root->entries.empty())
    editor.replace_document(*parsed.root, values);
  else
    editor.set_fields(*parsed.root, values);
  if (has_errors(edited.diagnostics)) return edited;
  edited.text = editor.result();
  const auto after = yaml::parse(name, *edited.text);
  if (after.root && !has_errors(after.diagnostics) && as_merged(*parsed.root, values, *after.root))
    return edited;
  edited.text.reset();
  edited.diagnostics.push_back(
      {Severity::error,
       "HA106",
       "the values cannot be set here without changing something else",
       parsed.root->where,
       "write anchors and aliases out, or pass the values to helm as a file of their own",
       {}});
  return edited;
}

}  // namespace haplan::planner
