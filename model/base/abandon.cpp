#include "model/base/abandon.hpp"

namespace haplan::model {

namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

thread_local const std::atomic<bool>* flag = nullptr;
thread_local std::uint64_t left = kUnlimited;  ///< steps until it is abandoned

}  // namespace

const char* Abandoned::what() const noexcept { return "the work was abandoned"; }

Abandonable::Abandonable(const std::atomic<bool>* raised, std::uint64_t steps)
    : outer_(flag), outer_left_(left) {
  flag = raised;
  left = steps;
}

Abandonable::~Abandonable() {
  flag = outer_;
  left = outer_left_;
}

const std::atomic<bool>* abandon_flag() { return flag; }

void may_abandon() {
  if (left == 0 || (flag != nullptr && flag->load(std::memory_order_relaxed))) throw Abandoned{};
  if (left != kUnlimited) --left;
}

}  // namespace haplan::model
