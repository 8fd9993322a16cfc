#pragma once

#include <string>

#include "planner/spec/read.hpp"

namespace haplan::planner::test {

/// A spec with one component `api` of type stateless, whose further lines (indented by six) are
/// given.
inline std::string spec_of_component(const std::string& lines) {
  return "apiVersion: haplan.dev/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec:\n"
         "  components:\n    api:\n      type: stateless\n" +
         lines;
}

inline ReadResult read_text(const std::string& text) { return read({{"spec.yaml", text}}); }

/// The element at a path from the document root; null when there is none. Names must not hold dots.
inline const Value* at(const ReadResult& result, const std::string& path) {
  const Value* value = result.document ? &*result.document : nullptr;
  for (std::size_t start = 0; value && start <= path.size();) {
    const std::size_t end = std::min(path.find('.', start), path.size());
    value = value->find(path.substr(start, end - start));
    start = end + 1;
  }
  return value;
}

/// "HA001@5:3 HA002@7:9": codes and places of all diagnostics, in their order.
inline std::string places(const Diagnostics& diagnostics) {
  std::string result;
  for (const Diagnostic& one : diagnostics)
    result += (result.empty() ? "" : " ") + one.code + "@" + std::to_string(one.where.line) + ":" +
              std::to_string(one.where.column);
  return result;
}

}  // namespace haplan::planner::test
