#include "planner/spec/fields.hpp"

#include <deque>
#include <set>

#include "model/base/contract.hpp"
#include "planner/spec/table.hpp"

namespace haplan::planner {

namespace {

/// The rows of `spec.plan`: every decision as a fixed value, with the maps above it, and the nodes
/// of components.
void append_plan(std::vector<Field>& rows) {
  std::set<std::string> wanted;
  for (const Field& row : rows)
    if (row.decision && row.type != Type::named && row.type != Type::map)
      for (std::size_t end = 0; end != std::string::npos;) {
        end = row.path.find('.', end + 1);
        wanted.insert(row.path.substr(0, end));
      }
  std::vector<Field> plan;
  for (const Field& row : rows) {
    if (!wanted.count(row.path)) continue;
    Field copy = row;
    copy.path = "plan." + row.path;
    copy.decision = copy.required = false;
    copy.fallback.clear();
    plan.push_back(std::move(copy));
  }
  plan.push_back({.path = "plan.components.*.nodes",
                  .type = Type::list,
                  .doc = "Node of each replica at the largest level"});
  plan.push_back({.path = "plan.components.*.nodes[]", .type = Type::text, .doc = "A node"});
  plan.push_back({.path = "plan.components.*.variants",
                  .type = Type::named,
                  .doc = "Variants that run",
                  .stage = 4});
  plan.push_back({.path = "plan.components.*.variants.*",
                  .type = Type::integer,
                  .doc = "Its replicas; 1 where there are none, or an autoscaler counts them",
                  .stage = 4});
  rows.insert(rows.end(), plan.begin(), plan.end());
}

/// Owns the shapes; addresses stay.
class Shapes {
 public:
  Shapes() {
    root_ = make(nullptr);
    for (const Field& row : document_fields()) add(root_, row);
    spec_ = const_cast<Shape*>(root_->find("spec"));
    for (const Field& row : fields()) add(spec_, row);
    add_variants(const_cast<Shape*>(spec_->find("components")->any));
    Shape* patch = make(spec_->field);
    for (const auto& [key, shape] : spec_->keys)
      if (key != "scenarios") patch->keys.emplace_back(key, shape);
    const_cast<Shape*>(spec_->find("scenarios"))->any = patch;
    gate_ = make(nullptr);
    const Shape* component = spec_->find("components")->any;
    for (const char* key : {"all", "any", "atLeast", "connected", "switchover"})
      gate_->keys.emplace_back(key, component->find(key));
  }

  [[nodiscard]] const Shape& root() const { return *root_; }
  [[nodiscard]] const Shape& gate() const { return *gate_; }

 private:
  Shape* make(const Field* field) {
    all_.push_back({.field = field, .keys = {}, .any = nullptr, .item = nullptr});
    return &all_.back();
  }

  /// Child of `shape` by the next piece of a path: a key, "*" or "[]"; made when it is not there.
  Shape* child(Shape* shape, const std::string& piece) {
    if (piece == "*" || piece == "[]") {
      const Shape*& slot = piece == "*" ? shape->any : shape->item;
      if (!slot) slot = make(nullptr);
      return const_cast<Shape*>(slot);
    }
    if (const Shape* known = shape->find(piece)) return const_cast<Shape*>(known);
    shape->keys.emplace_back(piece, make(nullptr));
    return const_cast<Shape*>(shape->keys.back().second);
  }

  void add(Shape* shape, const Field& row) {
    std::string rest = row.path;
    while (!rest.empty()) {
      const bool is_item = rest.rfind("[]", 0) == 0;
      const std::size_t end = is_item ? 2 : std::min(rest.find_first_of(".["), rest.size());
      shape = child(shape, rest.substr(0, end));
      rest.erase(0, end);
      if (!rest.empty() && rest[0] == '.') rest.erase(0, 1);
    }
    HAPLAN_EXPECTS(!shape->field);  // a path stands once in the table
    shape->field = &row;
  }

  /// A variant may say what its component may, but for what a component is and needs.
  static void add_variants(Shape* component) {
    static const std::set<std::string> kOwn{"type",       "variants", "mix",        "dependsOn",
                                            "all",        "any",      "atLeast",    "connected",
                                            "switchover", "states",   "transitions"};
    auto* variant = const_cast<Shape*>(component->find("variants")->any);
    for (const auto& [key, shape] : component->keys)
      if (!kOwn.count(key)) variant->keys.emplace_back(key, shape);
  }

  std::deque<Shape> all_;
  Shape* root_ = nullptr;
  Shape* spec_ = nullptr;
  Shape* gate_ = nullptr;
};

const Shapes& shapes() {
  static const Shapes all;
  return all;
}

}  // namespace

const std::vector<Field>& fields() {
  static const std::vector<Field> all = [] {
    std::vector<Field> rows = table::system_rows();
    for (auto& part : {table::component_rows(), table::other_rows()})
      rows.insert(rows.end(), part.begin(), part.end());
    append_plan(rows);
    return rows;
  }();
  return all;
}

const std::vector<Field>& document_fields() {
  static const std::vector<Field> all = {
      {.path = "apiVersion",
       .type = Type::word,
       .doc = "Version of the language",
       .words = "haplan.dev/v1alpha1",
       .required = true},
      {.path = "kind",
       .type = Type::word,
       .doc = "What it is",
       .words = "System",
       .required = true},
      {.path = "metadata", .type = Type::map, .doc = "About the spec", .required = true},
      {.path = "metadata.name", .type = Type::name, .doc = "Name of the system", .required = true},
      {.path = "spec", .type = Type::map, .doc = "The system", .required = true},
  };
  return all;
}

const Shape* Shape::find(const std::string& key) const {
  for (const auto& [name, shape] : keys)
    if (name == key) return shape;
  return nullptr;
}

const Shape& document_shape() { return shapes().root(); }

const Shape& gate_shape() { return shapes().gate(); }

}  // namespace haplan::planner
