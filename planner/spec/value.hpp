#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/base/rational.hpp"
#include "planner/diagnostic.hpp"

namespace haplan::planner {

/// How far a number may be off: low <= value <= high, in the number's base unit.
struct Uncertainty {
  enum class Law { lognormal, uniform, triangular };
  Law law = Law::lognormal;
  double low = 0.0;
  double high = 0.0;
  double low_complement = 0.0;  ///< probability: 1 - low, from the decimal
  double high_complement = 0.0;
  double level = 0.9;  ///< P(low <= x <= high), as much below as above; 1: the ends of the law
  std::string name;  ///< path of the parameter or of the number object: equal names are one number
};

/// One element of a spec that has passed the reader: its shape and the types of its scalars are
/// right, every key is known; references between elements are not yet checked (planner/lower does).
struct Value {
  enum class Kind {
    null,
    map,
    list,
    text,
    boolean,
    integer,
    number,
    duration,
    rate,
    probability,
    quantity,
    range
  };

  Value();  // defaulted below: clang wants the type complete before it looks into a pair that holds
            // it

  Kind kind = Kind::null;
  std::string path;  ///< under the document root, e.g. "spec.components.api.start"
  SourceRef where;   ///< of the value itself
  SourceRef key;     ///< of the key it stands under
  std::string text;  ///< the scalar as written (for a range: the whole range)

  model::Rational
      exact;           ///< integer, number, duration [s], rate [1/s], quantity [unit], probability
  double value = 0.0;  ///< the same, correctly rounded from the decimal
  double complement = 0.0;  ///< probability: 1 - p, from the decimal, correctly rounded
  bool boolean = false;

  std::vector<std::pair<std::string, Value>>
      fields;                  ///< map, in the order written; x-* keys dropped
  std::vector<Value> items;    ///< list
  std::vector<Value> choices;  ///< range: every candidate, typed as the field is, ascending

  std::string provenance;                  ///< `source.kind` of a number object, or empty
  std::optional<Uncertainty> uncertainty;  ///< of an uncertain number

  /// The field of a map, or null.
  [[nodiscard]] const Value* find(const std::string& name) const;
};

inline Value::Value() = default;

inline const Value* Value::find(const std::string& name) const {
  for (const auto& [key_name, value_of] : fields)
    if (key_name == name) return &value_of;
  return nullptr;
}

}  // namespace haplan::planner
