#pragma once

#include <vector>

#include "solver/problem.hpp"

namespace haplan::solver {

/// A deployment with every setting decided, ordered by criterion 3.
struct SettledPlan {
  model::Deployment deployment;  ///< some acceptable placement
  double checks = 0.0;           ///< [1/s] criterion 3a
  std::vector<double> keys;      ///< criteria 3b and 3c: smaller is better, entry by entry
  bool sure = false;             ///< its objectives are met in every placement
};

/// With the keys that its settings give it.
SettledPlan settled_plan(const Problem& problem, const model::Deployment& deployment, double checks,
                         bool sure);

/// -1, 0 or 1: which is gentler.
int compare(const SettledPlan& a, const SettledPlan& b);

/// The largest sum of checks that counts as equal to this one.
double as_many_checks(double checks);

/// The largest that counts as less.
double fewer_checks(double checks);

}  // namespace haplan::solver
