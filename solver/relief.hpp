#pragma once

#include <string>

namespace haplan::solver {

/// In the order in which they are proposed: what is changed sooner in a running system comes first.
enum class ReliefKind {
  restore,   ///< outages end sooner
  budget,    ///< more may be spent
  replicas,  ///< more replicas than the ranges allow
  node,      ///< more nodes
  vendor,    ///< a second vendor beside the first
  unit,      ///< replicas that fail less often
  target,    ///< less is asked for
};

struct Relief {
  ReliefKind kind = ReliefKind::restore;
  std::string change;     ///< one phrase
  int peak_replicas = 0;  ///< of the plan that it gives
  bool optimal = false;   ///< proved minimal; else only feasible
};

}  // namespace haplan::solver
