#pragma once

#include <pybind11/pybind11.h>
#include <string>

#include "model/base/estimate.hpp"
#include "model/base/result.hpp"
#include "planner/diagnostic.hpp"
#include "planner/lower.hpp"
#include "planner/render/text.hpp"
#include "planner/session/session.hpp"

/// Values of C++ as values of Python.
namespace haplan::python {

/// A spec that was read: what it came from, and what it says.
struct SpecHandle {
  planner::Inputs inputs;
  planner::Lowered lowered;
};

/// A limit or bad numbers, on its way to HaplanError.
struct EngineError {
  model::Error error;
};

/// The value, or EngineError.
template <class T>
T value_of(model::Result<T> result) {
  if (!result) throw EngineError{result.error()};
  return std::move(*result);
}

const char* name_of(model::Fault fault);

/// Bytes that should be UTF-8; what is not is replaced.
pybind11::str text(const std::string& bytes);

/// (value, lower, upper, method)
pybind11::tuple translate(const model::Estimate& estimate);

/// [(severity, code, message, file, line, column, length, suggestion, notes), ...]
pybind11::list translate(const planner::Diagnostics& diagnostics);

/// The forms of a report that is no plan.
struct Told {
  std::string json;
  std::string text;
  std::string yaml;
};
pybind11::dict translate(const Told& told);

/// How a page names the next command.
planner::TextOptions page_of(const planner::Inputs& inputs);

}  // namespace haplan::python
