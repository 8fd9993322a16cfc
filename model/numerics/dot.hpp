#pragma once

#include <cstddef>

namespace haplan::model {

/// Sum of a[i] b[i], i < size, in an order that does not depend on the machine: eight running sums, which are independent
/// additions. Wider registers, where there are any, add the same numbers in the same order.
double dot(const double* a, const double* b, std::size_t size);

}  // namespace haplan::model
