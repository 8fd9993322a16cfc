#pragma once

#include <cstddef>
#include <functional>

namespace haplan::model {

/// Calls task(0) ... task(count - 1), each once, on up to `threads` threads. Tasks write to places of their own and ask nothing
/// of each other, so that results do not depend on the number of threads. What a task throws is thrown here
/// when all threads have ended.
void in_parallel(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& task);

}  // namespace haplan::model
