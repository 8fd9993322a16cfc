#pragma once

#include <stdexcept>

namespace haplan::model {

/// A caller broke a function's precondition: a bug in haplan, never a property of the input.
class ContractViolation : public std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] void contract_violated(const char* condition, const char* file, int line);

}  // namespace haplan::model

/// Always on: an O(1) comparison is free next to a diagram walk.
#define HAPLAN_EXPECTS(condition) \
  ((condition) ? void(0) : ::haplan::model::contract_violated(#condition, __FILE__, __LINE__))
