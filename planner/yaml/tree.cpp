#include "planner/yaml/tree.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "planner/yaml/guard.hpp"
#include "planner/yaml/locator.hpp"
#include "planner/yaml/mistake.hpp"

namespace haplan::planner::yaml {

namespace {

/// Ends the parse after a diagnostic that leaves nothing sensible to go on with.
class Stopped : public std::exception {};

constexpr const char* kCore = "tag:yaml.org,2002:";

struct Frame {
  Node node;
  YAML::anchor_t anchor = 0;
  std::size_t nodes_before = 0;
  bool has_key = false;  ///< map: a key waits for its value
  bool key_merges = false;
  bool key_repeats = false;  ///< its value is read and dropped
  Entry pending;
  std::map<std::string, SourceRef> keys;
  std::vector<Node> merges;  ///< maps under `<<`, the strongest first
};

struct Anchored {
  Node node;
  std::size_t nodes = 0;
  std::size_t depth = 0;
};

std::size_t depth_of(const Node& node) {
  std::size_t deepest = 0;
  for (const Node& item : node.items) deepest = std::max(deepest, depth_of(item));
  for (const Entry& entry : node.entries) deepest = std::max(deepest, depth_of(entry.value));
  return deepest + (node.kind == Node::Kind::map || node.kind == Node::Kind::list);
}

std::size_t nodes_of(const Node& node) {
  std::size_t count = 1;
  for (const Node& item : node.items) count += nodes_of(item);
  for (const Entry& entry : node.entries) count += nodes_of(entry.value);
  return count;
}

class Builder : public YAML::EventHandler {
 public:
  Builder(const std::string& name, const std::string& text, const Limits& limits)
      : text_(text), limits_(limits), locator_(name, text) {}

  Parsed result() && { return {std::move(root_), std::move(diagnostics_)}; }

  void discard() { root_.reset(); }

  void report(const char* code, std::string message, SourceRef where, std::string suggestion = {},
              std::vector<std::string> notes = {}) {
    diagnostics_.push_back({Severity::error, code, std::move(message), std::move(where),
                            std::move(suggestion), std::move(notes)});
  }

  void report(Mistake mistake) {
    report("HA006", "not YAML: " + mistake.message, locator_.at(mistake.byte, mistake.length),
           std::move(mistake.suggestion));
  }

  /// Why the parser gave up, as far as that can be told better than it does.
  void report(const YAML::Exception& problem) {
    if (problem.msg.find("anchor is not defined") != std::string::npos)
      return report("HA014", "the alias has no anchor before it", place(problem.mark),
                    "define &name above the first *name");
    auto mistake = tab_at(text_, problem.mark.pos < 0 ? text_.size() : byte_of(problem.mark));
    if (!mistake) mistake = unclosed_bracket(text_);
    if (mistake) return report(std::move(*mistake));
    report("HA006", "not YAML: " + problem.msg, place(problem.mark),
           "look for a missing bracket, quote or colon here or above");
  }

  SourceRef place(const YAML::Mark& mark, int length = 1) {
    return mark.pos < 0 ? locator_.at(text_.size()) : locator_.at(byte_of(mark), length);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // Where the parser has tokens left that begin nothing, it finds an empty document there for
    // ever.
    if (started_ && mark.pos <= document_.pos) {
      report("HA006", "not YAML: nothing can begin here", place(mark),
             "check the indentation and the indicators before it");
      throw Stopped();
    }
    started_ = true;
    document_ = mark;
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (frames_.empty() && root_) return;  // an empty document behind the first
    Node node;
    node.where = place(mark);
    const std::size_t byte = byte_of(mark);
    const bool written =
        byte < text_.size() && (text_[byte] == '~' || text_[byte] == 'n' || text_[byte] == 'N');
    if (written) node.where.length = text_[byte] == '~' ? 1 : 4;
    // Where nothing is written the mark is that of whatever comes next; the key is the better
    // place.
    else if (!frames_.empty() && frames_.back().has_key)
      node.where = frames_.back().pending.where;
    finish(std::move(node), anchor, 1);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node;
    node.kind = Node::Kind::scalar;
    node.text = value;
    node.where = place(mark, scalar_length(byte_of(mark), value));
    node.quoted = tag == "!" || tag == std::string(kCore) + "str";
    check_tag(tag, {"str", "int", "float", "bool"}, node.where);
    finish(std::move(node), anchor, 1);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const SourceRef where = place(mark, alias_length(byte_of(mark)));
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      report("HA014", "an alias inside the very element that it stands for", where,
             "write out what is meant");
      throw Stopped();
    }
    const Anchored& anchored = found->second;
    count(anchored.nodes, where);
    if (frames_.size() + anchored.depth > limits_.depth) too_deep(where);
    finish(Node(anchored.node), 0, 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(Node::Kind::list, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(Node::Kind::map, mark, tag, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapEnd() override {
    merge(frames_.back());
    end();
  }

 private:
  [[nodiscard]] std::size_t byte_of(const YAML::Mark& mark) const {
    return locator_.start() + static_cast<std::size_t>(std::max(mark.pos, 0));
  }

  /// Characters of a scalar as written, on its first line. Looks no further than the scalar goes:
  /// the line may be the whole text.
  [[nodiscard]] int scalar_length(std::size_t byte, const std::string& value) const {
    if (byte >= text_.size()) return 1;
    const char quote = text_[byte];
    if (quote == '|' || quote == '>') return 1;
    const bool is_quoted = quote == '"' || quote == '\'';
    const std::size_t most = is_quoted ? text_.size() : std::min(byte + value.size(), text_.size());
    std::size_t end = byte + is_quoted;
    while (end < most && text_[end] != '\r' && text_[end] != '\n') {
      const char c = text_[end];
      end = std::min(end + (c == '\\' && quote == '"' ? 2 : 1), text_.size());
      if (is_quoted && c == quote) break;
    }
    return std::max(1, characters(text_.substr(byte, end - byte)));
  }

  [[nodiscard]] int alias_length(std::size_t byte) const {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n,]}", byte), text_.size());
    return std::max(1, characters(text_.substr(std::min(byte, end), end - std::min(byte, end))));
  }

  void check_tag(const std::string& tag, const std::vector<std::string>& known,
                 const SourceRef& where) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    for (const std::string& one : known)
      if (tag == kCore + one) return;
    report("HA013", "unknown tag \"" + tag + "\"", where,
           "remove the tag: the field gives the type");
  }

  void too_deep(const SourceRef& where) {
    if (auto unclosed = unclosed_bracket(text_)) {
      report(std::move(*unclosed));
      throw Stopped();
    }
    report("HA010", "nested deeper than " + std::to_string(limits_.depth) + " levels", where,
           "a spec needs no such depth: look for elements that are nested by mistake");
    throw Stopped();
  }

  void count(std::size_t more, const SourceRef& where) {
    nodes_ += more;
    if (nodes_ <= limits_.nodes) return;
    report("HA011", "more than " + std::to_string(limits_.nodes) + " elements, aliases written out",
           where, "aliases of aliases multiply: write the elements that are meant");
    throw Stopped();
  }

  void start(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
             YAML::anchor_t anchor) {
    const SourceRef where = place(mark);
    if (frames_.size() >= limits_.depth) too_deep(where);
    check_tag(tag, {kind == Node::Kind::map ? "map" : "seq"}, where);
    count(1, where);
    Frame frame;
    frame.node.kind = kind;
    frame.node.where = where;
    frame.anchor = anchor;
    frame.nodes_before = nodes_ - 1;
    frames_.push_back(std::move(frame));
  }

  void end() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    finish(std::move(frame.node), frame.anchor, 0);
  }

  /// Hands a complete element to what it stands in; `added` elements are new.
  void finish(Node node, YAML::anchor_t anchor, std::size_t added) {
    if (added) count(added, node.where);
    if (anchor) {
      Anchored anchored{node, nodes_of(node), depth_of(node)};
      count(anchored.nodes, node.where);  // the copy kept for aliases costs as much
      anchors_.insert_or_assign(anchor, std::move(anchored));
    }
    if (frames_.empty()) {
      if (root_) return several(node.where);
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == Node::Kind::list)
      frame.node.items.push_back(std::move(node));
    else if (frame.has_key)
      take_value(frame, std::move(node));
    else
      take_key(frame, node);
  }

  void several(const SourceRef&) {
    report("HA012", "several documents in one text", place(document_),
           "give each as a file of its own: -f a.yaml -f b.yaml");
    throw Stopped();
  }

  void take_key(Frame& frame, const Node& node) {
    frame.has_key = true;
    frame.pending = {node.text, node.where, {}};
    frame.key_merges = node.kind == Node::Kind::scalar && !node.quoted && node.text == "<<";
    if (node.kind != Node::Kind::scalar) {
      report("HA036", "a key must be a name", node.where,
             node.kind == Node::Kind::null ? "write the key before the colon"
                                           : "put text with brackets in quotes");
      throw Stopped();
    }
    const auto [first, is_new] = frame.keys.emplace(node.text, node.where);
    frame.key_repeats = !is_new;
    if (is_new) return;
    report("HA005", "duplicate key \"" + node.text + "\"", node.where, "remove one of the two",
           {"first given at line " + std::to_string(first->second.line) + ", column " +
            std::to_string(first->second.column)});
  }

  void take_value(Frame& frame, Node node) {
    frame.has_key = false;
    if (frame.key_repeats) return;
    if (!frame.key_merges) {
      frame.pending.value = std::move(node);
      frame.node.entries.push_back(std::move(frame.pending));
    } else if (node.kind == Node::Kind::map) {
      frame.merges.push_back(std::move(node));
    } else {
      bool all_maps = node.kind == Node::Kind::list;
      for (const Node& item : node.items) all_maps = all_maps && item.kind == Node::Kind::map;
      if (all_maps)
        std::move(node.items.begin(), node.items.end(), std::back_inserter(frame.merges));
      else
        report("HA014", "\"<<\" merges a map or a list of maps", node.where, "write <<: *name");
    }
    frame.pending = {};
  }

  /// Adds what `<<` brings and the map does not give itself; a null given beside it takes a merged
  /// key away.
  static void merge(Frame& frame) {
    if (frame.merges.empty()) return;
    std::map<std::string, std::size_t> own;
    for (std::size_t i = 0; i < frame.node.entries.size(); ++i)
      own.emplace(frame.node.entries[i].name, i);
    for (Node& merged : frame.merges)
      for (Entry& entry : merged.entries) {
        const auto found = own.find(entry.name);
        if (found == own.end()) {
          own.emplace(entry.name, frame.node.entries.size());
          frame.node.entries.push_back(std::move(entry));
        } else if (Node& given = frame.node.entries[found->second].value;
                   given.kind == Node::Kind::null) {
          given.deletes = true;
        }
      }
  }

  const std::string& text_;
  const Limits& limits_;
  Locator locator_;
  YAML::Mark document_;
  bool started_ = false;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
  std::optional<Node> root_;
  Diagnostics diagnostics_;
};

void run(Builder& builder, const std::string& text) {
  std::istringstream stream(text);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& problem) {
    builder.report(problem);
    builder.discard();
  } catch (const Stopped&) {  // reported already
    builder.discard();
  }
}

}  // namespace

const Node* Node::find(const std::string& name) const {
  for (const Entry& entry : entries)
    if (entry.name == name) return &entry.value;
  return nullptr;
}

Node* Node::find(const std::string& name) {
  return const_cast<Node*>(static_cast<const Node*>(this)->find(name));
}

Parsed parse(const std::string& name, const std::string& text, const Limits& limits) {
  if (const auto refused = unfit(name, text, limits)) return {std::nullopt, {*refused}};
  Builder builder(name, text, limits);
  run(builder, text);
  Parsed parsed = std::move(builder).result();
  if (parsed.root && parsed.root->kind == Node::Kind::null) parsed.root.reset();
  if (!parsed.root && parsed.diagnostics.empty())
    parsed.diagnostics.push_back({Severity::error,
                                  "HA007",
                                  "the text is empty",
                                  {name, 1, 1, 1},
                                  "a spec has apiVersion, kind, metadata and spec",
                                  {}});
  return parsed;
}

}  // namespace haplan::planner::yaml
