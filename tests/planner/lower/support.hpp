#pragma once

#include <doctest/doctest.h>
#include <string>

#include "planner/lower.hpp"
#include "planner/spec/read.hpp"

namespace haplan::test {

/// A spec around what stands under `spec:` (indented by two).
inline std::string spec_text(const std::string& body) {
  return "apiVersion: haplan.dev/v1alpha1\nkind: System\nmetadata: {name: test}\nspec:\n" + body;
}

/// Reads and lowers; the diagnostics of both.
inline planner::LowerResult lowered_text(const std::string& text) {
  planner::ReadResult read_result = planner::read({{"test.yaml", text}});
  if (!read_result.document) return {std::nullopt, read_result.diagnostics};
  return planner::lower(*read_result.document);
}

/// A spec that must be valid.
inline planner::Lowered lowered_spec(const std::string& body) {
  planner::LowerResult result = lowered_text(spec_text(body));
  for (const auto& one : result.diagnostics) INFO(one.code << " " << one.message);
  REQUIRE_MESSAGE(result.lowered.has_value(),
                  (result.diagnostics.empty() ? std::string() : result.diagnostics[0].message));
  return std::move(*result.lowered);
}

}  // namespace haplan::test
