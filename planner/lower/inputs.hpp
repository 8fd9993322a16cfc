#pragma once

#include <string>
#include <vector>

#include "planner/spec/value.hpp"

namespace haplan::planner {

/// One uncertain number of a spec; a parameter is one, however often it is used.
struct UncertainInput {
  std::string name;  ///< path under spec, of the parameter or of the number itself
  std::vector<std::string>
      uses;  ///< paths under spec of the numbers that it is, in the tree's order
  Value::Kind kind = Value::Kind::number;
  Uncertainty::Law law = Uncertainty::Law::lognormal;
  double level = 0.9;  ///< P(low <= x <= high); 1: certainly
  std::string source;  ///< `source.kind`, or empty

  /// What is drawn, in the number's base unit. A probability above one half is drawn as its
  /// complement, so that an availability keeps its digits.
  bool complemented = false;
  double nominal = 0.0;  ///< low <= nominal <= high
  double low = 0.0;
  double high = 0.0;
};

/// Every uncertain number that figures can depend on, in the order of their first use in the tree:
/// those of objectives, scenarios, a plan or the output are not among them.
///   document  of `read`
std::vector<UncertainInput> uncertain_inputs(const Value& document);

}  // namespace haplan::planner
