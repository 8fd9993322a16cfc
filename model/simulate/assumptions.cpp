#include "model/simulate/assumptions.hpp"

#include <array>

namespace haplan::model {

namespace {

constexpr std::array<AssumptionEntry, 10> kEntries{{
    {"one-lost-node", &Assumptions::one_lost_node,
     "replicas are rescheduled only while a single node is lost and room is proved; else whenever "
     "a "
     "node has room"},
    {"instant-rebalancing", &Assumptions::instant_rebalancing,
     "replicas are back on their node when it returns; else they stay where they went"},
    {"independent-failover", &Assumptions::independent_failover,
     "failovers are independent of the instances; else the loss of the primary starts one, and a "
     "standby must be there"},
    {"undisturbed-replicas", &Assumptions::undisturbed_replicas,
     "replicas fail and recover whatever their node does; else a node's end is theirs, and they "
     "start anew"},
    {"memoryless-calendar", &Assumptions::memoryless_calendar,
     "drains and load levels come at random, and only listed events count as outages; else by the "
     "calendar, and all count"},
    {"mean-back-off", &Assumptions::mean_back_off,
     "a crash waits the mean back-off; else by the crashes of the last ten minutes"},
    {"mean-detection", &Assumptions::mean_detection,
     "a lost node is noticed after the mean time; else after a time drawn for each loss"},
    {"ideal-ramp", &Assumptions::ideal_ramp,
     "a level is entered at once, and its ramp is one outage; else the load rises and the "
     "autoscaler follows"},
    {"drains-ignore-failures", &Assumptions::drains_ignore_failures,
     "drains come whatever has failed, and stop rescheduling; else a drain waits for lost nodes"},
    {"independent-probes", &Assumptions::independent_probes,
     "slow answers to probes are independent; else they come in spells of 30 s"},
}};

}  // namespace

Assumptions model_semantics() {
  Assumptions all;
  for (const AssumptionEntry& entry : kEntries) all.*entry.member = true;
  return all;
}

std::span<const AssumptionEntry> assumption_entries() { return kEntries; }

}  // namespace haplan::model
