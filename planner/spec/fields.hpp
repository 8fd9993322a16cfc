#pragma once

#include <string>
#include <vector>

namespace haplan::planner {

/// What may stand at a field.
enum class Type {
  map,           ///< the keys below it in the table
  named,         ///< keys chosen by the user (RFC 1123 labels), each as `path.*` says
  open,          ///< keys such as resource or label names, each as `path.*` says
  list,          ///< each item as `path[]` says
  text,          ///< a word or sentence
  name,          ///< an RFC 1123 label
  name_or_null,  ///< a text, or null with a meaning of its own
  names,         ///< a text or a list of texts; read as a list
  port,          ///< a text or an integer
  word,          ///< one of `words`
  words,         ///< a list of `words`
  boolean,
  integer,
  number,
  duration,
  rate,
  probability,
  downtime,     ///< "4m19s per 30d", read as the unavailability
  quantity,     ///< as Kubernetes writes it
  times,        ///< a duration, or {mean, worst}; read as the latter
  need,         ///< an integer, or a map level -> integer
  parameter,    ///< a scalar or number object, typed where it is used
  requirement,  ///< a list of names and gates
};

/// One row of the language: the only place that says what a spec may hold. Reader, JSON Schema,
/// `spec.plan` and the documentation follow it.
struct Field {
  std::string path;  ///< under spec; `*` is a user's name, `[]` an item
  Type type = Type::map;
  std::string doc;       ///< one line
  std::string fallback;  ///< default as a user would write it, or empty
  std::string words;     ///< of a word: "up down"; "cost@4" is read from stage 4 on
  std::string applies;  ///< component types or controllers that have it ("" all), for documentation
  std::string shorthand;  ///< map: the key that a bare word stands for
  bool decision = false;  ///< may be a range
  bool required = false;
  int stage = 1;  ///< from which stage it is evaluated; before, it is HA030
};

/// The stage that this version evaluates.
inline constexpr int kStage = 4;

/// Whether this version evaluates the field.
inline bool is_evaluated(const Field& field) { return field.stage <= kStage; }

/// The rows under spec, parents before children, in the order of the documentation; `plan`
/// included.
const std::vector<Field>& fields();

/// apiVersion, kind, metadata and spec themselves, with paths from the document root.
const std::vector<Field>& document_fields();

/// One shape of the tree that the table spans.
struct Shape {
  const Field* field = nullptr;
  std::vector<std::pair<std::string, const Shape*>> keys;  ///< known keys, in table order
  const Shape* any = nullptr;                              ///< of user-chosen keys
  const Shape* item = nullptr;                             ///< of list items

  [[nodiscard]] const Shape* find(const std::string& key) const;
};

/// Shape of the whole document; its "spec" and, as a patch, every scenario have the rows of
/// `fields`.
const Shape& document_shape();

/// The keys of a gate inside a requirement: all, any, atLeast, connected, switchover.
const Shape& gate_shape();

}  // namespace haplan::planner
