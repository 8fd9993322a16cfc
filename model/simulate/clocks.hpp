#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace haplan::model {

inline constexpr double kNever = std::numeric_limits<double>::infinity();

/// The next event of every entity, and which is first: a tournament, so that a change costs one comparison per round.
/// Of equal times the lower entity is first.
class Clocks {
 public:
  explicit Clocks(std::size_t entities)
      : leaves_(std::bit_ceil(entities < 2 ? std::size_t{2} : entities)), tree_(2 * leaves_) {
    for (std::size_t i = 0; i < leaves_; ++i)
      tree_[leaves_ + i] = {kNever, static_cast<std::uint32_t>(i)};
    for (std::size_t i = leaves_; i-- > 1;) tree_[i] = first(tree_[2 * i], tree_[2 * i + 1]);
  }

  void set(std::uint32_t entity, double time) {
    std::size_t i = leaves_ + entity;
    if (tree_[i].time == time) return;
    tree_[i].time = time;
    for (i /= 2; i != 0; i /= 2) {
      const Entry winner = first(tree_[2 * i], tree_[2 * i + 1]);
      // Where neither the old nor the new winner is this entity, nothing changes above either.
      if (winner.entity != entity && tree_[i].entity != entity) return;
      tree_[i] = winner;
    }
  }

  [[nodiscard]] double at(std::uint32_t entity) const { return tree_[leaves_ + entity].time; }
  [[nodiscard]] double first_time() const { return tree_[1].time; }
  [[nodiscard]] std::uint32_t first_entity() const { return tree_[1].entity; }

  /// All pending times earlier by this much.
  void shift(double by) {
    for (Entry& entry : tree_) entry.time -= by;
  }

 private:
  struct Entry {
    double time = kNever;
    std::uint32_t entity = 0;
  };
  static Entry first(const Entry& a, const Entry& b) { return b.time < a.time ? b : a; }

  std::size_t leaves_;
  std::vector<Entry> tree_;
};

}  // namespace haplan::model
