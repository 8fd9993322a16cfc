#pragma once

#include <array>
#include <cstdint>

/// Random numbers that are a function of who asks and how often: no state is shared, so results do not depend on
/// threads or on the order of events.
namespace haplan::model {

/// Philox4x32-10: four random words of a 128-bit counter and a 64-bit key.
///   source  [SMDS11]; the constants and the test vectors are theirs
inline std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                           std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kFirst = 0xD2511F53;
  constexpr std::uint64_t kSecond = 0xCD9E8D57;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = kFirst * counter[0];
    const std::uint64_t b = kSecond * counter[2];
    counter = {
        static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
        static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

/// The uniform numbers of one entity, two to a block of Philox.
class PhiloxStream {
 public:
  PhiloxStream() = default;
  ///   seed, path  which simulation, and which of its paths
  ///   entity      who asks
  PhiloxStream(std::uint64_t seed, std::uint64_t path, std::uint32_t entity)
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
        path_(path),
        entity_(entity) {}

  /// Uniform in the open interval (0, 1), a multiple of 2^-53 plus 2^-54.
  double uniform() {
    if (held_) {
      held_ = false;
      return spare_;
    }
    // The draw's number has 32 bits, and its carry goes into a part of the key: 2^64 blocks per entity and path.
    const auto low = static_cast<std::uint32_t>(blocks_);
    const auto high = static_cast<std::uint32_t>(blocks_ >> 32);
    ++blocks_;
    const auto words = philox(
        {low, entity_, static_cast<std::uint32_t>(path_), static_cast<std::uint32_t>(path_ >> 32)},
        {key_[0], key_[1] ^ high});
    spare_ = open(words[2], words[3]);
    held_ = true;
    return open(words[0], words[1]);
  }

 private:
  static double open(std::uint32_t high, std::uint32_t low) {
    const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 21) ^ (low >> 11);
    return (static_cast<double>(bits) + 0.5) * 0x1p-53;
  }

  std::array<std::uint32_t, 2> key_{};
  std::uint64_t path_ = 0;
  std::uint64_t blocks_ = 0;
  double spare_ = 0.0;
  std::uint32_t entity_ = 0;
  bool held_ = false;
};

}  // namespace haplan::model
