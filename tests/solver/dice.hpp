#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>

/// Random numbers that are the same everywhere.
namespace haplan::test {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  /// Uniform in [0, n).
  std::size_t below(std::size_t n) { return engine_() % n; }
  int between(int low, int high) {
    const auto span = static_cast<std::size_t>(high) - static_cast<std::size_t>(low);
    return low + static_cast<int>(below(span + 1));
  }
  bool chance(int percent) { return between(0, 99) < percent; }
  /// In [0, 1).
  double uniform() { return static_cast<double>(below(1'000'000)) / 1e6; }
  template <class T>
  T pick(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace haplan::test
