#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "model/markov/chain.hpp"

namespace haplan::model {

struct ExploreLimits {
  std::size_t states = 50'000'000;
};

template <class State>
struct Explored {
  Chain chain;
  std::vector<State> states;  ///< by number, breadth first; the initial state is number 0
};

/// Numbers of the states seen so far, in the order of first sight. Open addressing over eight bytes
/// a slot (part of the hash, and the number), at most half full.
template <class State, class Hash>
class StateNumbers {
 public:
  static std::uint32_t tag_of(const State& state) {
    // Identity is a frequent std::hash, so its bits are mixed (the finaliser of splitmix64).
    std::uint64_t h = Hash{}(state);
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9U;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebU;
    return static_cast<std::uint32_t>(h >> 32);
  }

  void prefetch(std::uint32_t tag) const { __builtin_prefetch(&slots_[tag & mask_]); }

  std::uint32_t number_of(const State& state, std::uint32_t tag) {
    for (std::size_t at = tag & mask_;; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      if (slot.number == kFree) {
        slot = {tag, static_cast<std::uint32_t>(states.size())};
        states.push_back(state);
        if (states.size() * 2 > slots_.size()) grow();
        return static_cast<std::uint32_t>(states.size() - 1);
      }
      if (slot.tag == tag && states[slot.number] == state) return slot.number;
    }
  }

  std::vector<State> states;

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = kFree;
  };
  static constexpr std::uint32_t kFree = std::numeric_limits<std::uint32_t>::max();

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.number == kFree) continue;
      std::size_t at = slot.tag & mask_;
      while (slots_[at].number != kFree) at = (at + 1) & mask_;
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(1024);
  std::size_t mask_ = 1023;
};

/// The chain of all states that `initial` leads to, numbered breadth first.
///   successors  called as successors(state, emit) once a state; calls emit(next, rate) [1/s] for
///               what leaves it. A rate of 0 is no edge (its state is not visited), parallel edges
///               add up, self loops are ignored. Must be a function of the state.
///   State       copyable, compared by ==, hashed by Hash; small ones (a packed integer) are fastest
///   fails       budget_exhausted beyond limits.states, invalid_input for a bad rate
///   cost        O(transitions) calls and probes; sizeof(State) + 32 bytes a state, 12 a transition,
///               and as much again while tables grow
template <class State, class Hash = std::hash<State>, class Successors>
Result<Explored<State>> explore(const State& initial, Successors&& successors,
                                const ExploreLimits& limits = {}) {
  struct Edge {
    State to;
    double rate;
    std::uint32_t tag;
  };
  using Numbers = StateNumbers<State, Hash>;
  const std::size_t most =
      std::min<std::size_t>(limits.states, std::numeric_limits<std::uint32_t>::max() - 1);
  Numbers numbers;
  ChainBuilder builder;
  std::vector<Edge> row;
  numbers.number_of(initial, Numbers::tag_of(initial));
  for (std::size_t from = 0; from < numbers.states.size(); ++from) {
    row.clear();
    const State state = numbers.states[from];  // a copy: the vector grows meanwhile
    successors(state, [&](const State& to, double rate) {
      if (rate == 0.0) return;
      row.push_back({to, rate, Numbers::tag_of(to)});
      numbers.prefetch(row.back().tag);
    });
    for (const Edge& edge : row) builder.add(numbers.number_of(edge.to, edge.tag), edge.rate);
    builder.close_row();
    if (numbers.states.size() > most) {
      return tl::unexpected(Error{Fault::budget_exhausted,
                                  "the chain has more than " + std::to_string(most) + " states",
                                  ""});
    }
  }
  Result<Chain> chain = std::move(builder).finish();
  if (!chain) return tl::unexpected(chain.error());
  return Explored<State>{std::move(*chain), std::move(numbers.states)};
}

}  // namespace haplan::model
