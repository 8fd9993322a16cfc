#include "tests/support/workstation_cluster.hpp"

#include <algorithm>
#include <utility>

namespace haplan::test {

namespace {

using State = WorkstationCluster::State;
using Repairing = WorkstationCluster::Repairing;

constexpr double kWorkstationFails = 1.0 / 500;
constexpr double kSwitchFails = 1.0 / 4000;
constexpr double kBackboneFails = 1.0 / 5000;
constexpr double kRepairStarts = 10;
constexpr double kWorkstationRepair = 2;
constexpr double kSwitchRepair = 0.25;
constexpr double kBackboneRepair = 0.125;

template <class Emit>
void failures(const State& s, const Emit& emit) {
  State t = s;
  if (s.left > 0) emit((--t.left, t), kWorkstationFails * s.left);
  t = s;
  if (s.right > 0) emit((--t.right, t), kWorkstationFails * s.right);
  t = s;
  if (s.left_switch) emit((t.left_switch = false, t), kSwitchFails);
  t = s;
  if (s.right_switch) emit((t.right_switch = false, t), kSwitchFails);
  t = s;
  if (s.backbone) emit((t.backbone = false, t), kBackboneFails);
}

template <class Emit>
void repair_starts(unsigned n, const State& s, const Emit& emit) {
  const auto start = [&](bool wanted, Repairing what) {
    State t = s;
    t.repairing = what;
    if (wanted) emit(t, kRepairStarts);
  };
  start(s.left < n, Repairing::left);
  start(s.right < n, Repairing::right);
  start(!s.left_switch, Repairing::left_switch);
  start(!s.right_switch, Repairing::right_switch);
  start(!s.backbone, Repairing::backbone);
}

template <class Emit>
void repair_ends(const State& s, const Emit& emit) {
  State t = s;
  t.repairing = Repairing::nothing;
  switch (s.repairing) {
    case Repairing::nothing: return;
    case Repairing::left: return emit((++t.left, t), kWorkstationRepair);
    case Repairing::right: return emit((++t.right, t), kWorkstationRepair);
    case Repairing::left_switch: return emit((t.left_switch = true, t), kSwitchRepair);
    case Repairing::right_switch: return emit((t.right_switch = true, t), kSwitchRepair);
    case Repairing::backbone: return emit((t.backbone = true, t), kBackboneRepair);
  }
}

Repairing mirrored(Repairing repairing) {
  switch (repairing) {
    case Repairing::left: return Repairing::right;
    case Repairing::right: return Repairing::left;
    case Repairing::left_switch: return Repairing::right_switch;
    case Repairing::right_switch: return Repairing::left_switch;
    default: return repairing;
  }
}

std::uint64_t mirrored(std::uint64_t code) {
  State s = WorkstationCluster::unpacked(code);
  std::swap(s.left, s.right);
  std::swap(s.left_switch, s.right_switch);
  s.repairing = mirrored(s.repairing);
  return WorkstationCluster::packed(s);
}

}  // namespace

std::uint64_t WorkstationCluster::packed(const State& s) {
  return std::uint64_t{s.left} | std::uint64_t{s.right} << 16 | std::uint64_t{s.left_switch} << 32 |
         std::uint64_t{s.right_switch} << 33 | std::uint64_t{s.backbone} << 34 |
         static_cast<std::uint64_t>(s.repairing) << 35;
}

State WorkstationCluster::unpacked(std::uint64_t code) {
  return {static_cast<std::uint16_t>(code),
          static_cast<std::uint16_t>(code >> 16),
          (code >> 32 & 1) != 0,
          (code >> 33 & 1) != 0,
          (code >> 34 & 1) != 0,
          static_cast<Repairing>(code >> 35)};
}

bool WorkstationCluster::serves(const State& s, unsigned k) {
  return (s.left_switch && s.left >= k) || (s.right_switch && s.right >= k) ||
         (s.left_switch && s.right_switch && s.backbone && unsigned{s.left} + s.right >= k);
}

std::vector<double> WorkstationCluster::service(unsigned k) const {
  std::vector<double> result(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) result[i] = serves(unpacked(codes[i]), k) ? 1 : 0;
  return result;
}

model::Result<WorkstationCluster> workstation_cluster(unsigned n, bool folded) {
  const auto all = static_cast<std::uint16_t>(n);
  const State initial{all, all, true, true, true, Repairing::nothing};
  auto explored = model::explore(WorkstationCluster::packed(initial),
                                 [n, folded](std::uint64_t code, const auto& emit) {
                                   const State state = WorkstationCluster::unpacked(code);
                                   const auto pack = [&](const State& next, double rate) {
                                     const std::uint64_t to = WorkstationCluster::packed(next);
                                     emit(folded ? std::min(to, mirrored(to)) : to, rate);
                                   };
                                   failures(state, pack);
                                   if (state.repairing == Repairing::nothing)
                                     repair_starts(n, state, pack);
                                   repair_ends(state, pack);
                                 });
  if (!explored) return tl::unexpected(explored.error());
  return WorkstationCluster{n, std::move(explored->chain), std::move(explored->states)};
}

}  // namespace haplan::test
