#pragma once

#include <string>
#include <utility>
#include <vector>

#include "planner/spec/value.hpp"

/// Values that stand in no spec: for handlers that are made up.
namespace haplan::planner {

inline Value plain_text(const std::string& text) {
  Value value;
  value.kind = Value::Kind::text;
  value.text = text;
  return value;
}

inline Value plain_integer(int number) {
  Value value;
  value.kind = Value::Kind::integer;
  value.text = std::to_string(number);
  value.exact = {number, 1};
  value.value = number;
  return value;
}

inline Value plain_map(std::vector<std::pair<std::string, Value>> fields) {
  Value value;
  value.kind = Value::Kind::map;
  value.fields = std::move(fields);
  return value;
}

}  // namespace haplan::planner
