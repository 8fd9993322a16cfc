#include "tests/fuzz/read_properties.hpp"

#include <cmath>

#include "planner/codes.hpp"
#include "planner/spec/read.hpp"

namespace haplan::test {

namespace {

using planner::Value;

struct Input {
  std::vector<planner::Source> sources;
  std::vector<std::string> sets;
  std::optional<std::string> scenario;
};

Input split(const std::string& bytes) {
  Input input;
  for (std::size_t start = 0; start <= bytes.size();) {
    const std::size_t end = std::min(bytes.find('\xFF', start), bytes.size());
    const std::string piece = bytes.substr(start, end - start);
    if (piece.rfind("set:", 0) == 0) {
      input.sets.push_back(piece.substr(4));
    } else if (piece.rfind("scenario:", 0) == 0) {
      input.scenario = piece.substr(9);
    } else {
      input.sources.push_back({"layer-" + std::to_string(input.sources.size()) + ".yaml", piece});
    }
    start = end + 1;
  }
  if (input.sources.empty()) input.sources.push_back({"layer-0.yaml", ""});
  return input;
}

std::string broken_value(const Value& value) {
  using Kind = Value::Kind;
  if (value.kind >= Kind::integer && value.kind <= Kind::quantity) {
    if (!std::isfinite(value.value) || value.value < 0) return "a number that is not finite";
    if (value.exact.den <= 0 || value.exact.num < 0) return "a fraction that is none";
    if (value.kind == Kind::probability && (value.value > 1 || value.complement > 1))
      return "a probability above one";
  }
  if (value.kind == Kind::range && value.choices.size() < 2)
    return "a range of fewer than two values";
  for (std::size_t i = 1; i < value.choices.size(); ++i)
    if (value.choices[i - 1].value >= value.choices[i].value) return "choices that do not ascend";
  for (const auto& [key, child] : value.fields)
    if (auto problem = broken_value(child); !problem.empty()) return problem + " in " + key;
  for (const Value& item : value.items)
    if (auto problem = broken_value(item); !problem.empty()) return problem;
  return {};
}

bool is_harmless(const std::string& text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F) return false;
  return true;
}

}  // namespace

std::string broken_property(const std::string& bytes) {
  const Input input = split(bytes);
  const planner::ReadResult result = planner::read(input.sources, input.sets, input.scenario);
  if (result.document.has_value() == planner::has_errors(result.diagnostics))
    return "a document despite errors, or none without";
  for (const auto& one : result.diagnostics) {
    if (!planner::find_code(one.code)) return "the code " + one.code + " is in no table";
    if (one.where.line < 1 || one.where.column < 1) return one.code + " has no place";
    if (one.message.empty()) return one.code + " has no message";
  }
  if (!is_harmless(planner::print(result.diagnostics, result.texts)))
    return "a control byte in what is printed";
  return result.document ? broken_value(*result.document) : "";
}

}  // namespace haplan::test
