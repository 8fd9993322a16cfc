#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "planner/spec/decimal.hpp"

/// The scalar notations of a spec: text -> exact number. No YAML, no places: a problem is a message
/// and a suggestion.
namespace haplan::planner {

/// Why a text is not what it should be.
struct Misread {
  std::string message;     ///< "\"10\" has no unit"
  std::string suggestion;  ///< "did you mean \"10s\"?", or empty
};

/// A number in its base unit (seconds, 1/s, ...), exactly where 64 bits allow it.
struct Measure {
  model::Rational exact;
  double value = 0.0;       ///< correctly rounded
  double complement = 0.0;  ///< probability: 1 - value, computed from the decimal; else 0
};

template <class T>
using Reading = tl::expected<T, Misread>;

/// "1h30m", "28m36s", "11.1d", "0"; units ns us ms s m h d w month y (1 y = 365.25 d, month =
/// y/12). [s]
Reading<Measure> duration(const std::string& text);

/// "2/year", "300/s", "1 per 90d", "10/5m". [1/s]
Reading<Measure> rate(const std::string& text);

/// "99.99%" or "0.9999"; a bare number above one is the error that suggests the percentage.
Reading<Measure> probability(const std::string& text);

/// "4m19s per 30d": the unavailability, a probability.
Reading<Measure> downtime(const std::string& text);

/// Kubernetes quantity: "500m", "1Gi", "1e3", "100k", "8".
Reading<Measure> quantity(const std::string& text);

/// Decimal digits, or 0x / 0o as YAML 1.2 has them; at most 2^31 - 1, so that counts fit an int.
Reading<Measure> integer(const std::string& text);

/// A plain decimal number >= 0.
Reading<Measure> number(const std::string& text);

/// true or false as YAML 1.2 writes them.
Reading<bool> boolean(const std::string& text);

/// A number followed by one unit (or none), as ranges need it: "20s" is {20, "s"}, "50%" is {50,
/// "%"}.
struct Term {
  Decimal number;
  std::string unit;
};
std::optional<Term> term(const std::string& text);

}  // namespace haplan::planner
