#pragma once

#include <string>

#include <tl/expected.hpp>

namespace haplan::model {

enum class Fault {
  invalid_input,     ///< the numbers given have no meaning together (e.g. drain share >= 1)
  budget_exhausted,  ///< a stated work limit was reached
  not_converged,     ///< an iteration did not reach its tolerance
  not_unique,        ///< the answer depends on something not given (e.g. a reducible chain)
};

struct Error {
  Fault fault;
  std::string message;  ///< one sentence, no trailing period
  std::string where;    ///< path of the element concerned, e.g. "components.queue", or empty
};

template <class T>
using Result = tl::expected<T, Error>;

}  // namespace haplan::model
