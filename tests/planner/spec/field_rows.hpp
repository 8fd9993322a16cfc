#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "planner/spec/fields.hpp"

/// Rows of fields as texts of them have it: cells between bars, paths with alternatives in braces.
namespace haplan::planner {

inline const char* name_of(Type type) {
  switch (type) {
    case Type::map: return "map";
    case Type::named: return "named";
    case Type::open: return "open";
    case Type::list: return "list";
    case Type::text: return "text";
    case Type::name: return "name";
    case Type::name_or_null: return "name_or_null";
    case Type::names: return "names";
    case Type::port: return "port";
    case Type::word: return "word";
    case Type::words: return "words";
    case Type::boolean: return "boolean";
    case Type::integer: return "integer";
    case Type::number: return "number";
    case Type::duration: return "duration";
    case Type::rate: return "rate";
    case Type::probability: return "probability";
    case Type::downtime: return "downtime";
    case Type::quantity: return "quantity";
    case Type::times: return "times";
    case Type::need: return "need";
    case Type::parameter: return "parameter";
    default: return "requirement";
  }
}

inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

inline std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// A path with its first braces written out, each result again, until there are none.
inline std::vector<std::string> written_out(const std::string& path) {
  const std::size_t open = path.find('{');
  if (open == std::string::npos) return {path};
  const std::size_t close = path.find('}', open);
  std::vector<std::string> result;
  for (const std::string& choice : split(path.substr(open + 1, close - open - 1), ','))
    for (std::string& one : written_out(path.substr(0, open) + choice + path.substr(close + 1)))
      result.push_back(std::move(one));
  return result;
}

}  // namespace haplan::planner
