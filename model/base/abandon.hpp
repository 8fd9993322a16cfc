#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <limits>

/// Giving up work whose answer nobody waits for any more, from wherever it is. What can answer in part takes a Stop instead
/// (model/base/stop.hpp); no figure ever depends on this.
namespace haplan::model {

/// Thrown by may_abandon(); to be caught by who made the work abandonable and by nobody else.
class Abandoned : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override;
};

/// While it lives, the work of this thread, and what in_parallel() does for it, ends once the flag is raised. They nest: the
/// innermost counts.
class Abandonable {
 public:
  ///   raised  outlives this; null: nothing raises it
  ///   steps   of this thread after which it is abandoned anyway: as many calls of may_abandon()
  explicit Abandonable(const std::atomic<bool>* raised,
                       std::uint64_t steps = std::numeric_limits<std::uint64_t>::max());
  ~Abandonable();
  Abandonable(const Abandonable&) = delete;
  Abandonable& operator=(const Abandonable&) = delete;

 private:
  const std::atomic<bool>* outer_;
  std::uint64_t outer_left_;
};

/// The flag that counts in this thread; null: none.
const std::atomic<bool>* abandon_flag();

/// Long loops call it at least every few milliseconds.
///   throws  Abandoned
///   cost    some nanoseconds
void may_abandon();

}  // namespace haplan::model
