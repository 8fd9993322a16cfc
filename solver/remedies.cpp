#include "solver/remedies.hpp"

#include <algorithm>
#include <cmath>

#include "solver/breaking.hpp"
#include "solver/phrases.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kYear = 365.25 * 86400.0;  ///< [s]

struct Words {
  std::string what;  ///< the cause
  std::string how;   ///< to make it rarer or shorter
};

Words words_of(const Cause& cause) {
  const std::string mode = cause.mode.empty() ? "" : " (" + cause.mode + ")";
  const std::string& name = cause.subject;
  switch (cause.kind) {
    case CauseKind::external: return {name, "another vendor beside it: {any: [" + name + ", ...]}"};
    case CauseKind::chain: return {name, "a chain of " + name + " that serves longer"};
    case CauseKind::replica:
      return {"failures of " + name + mode, "more replicas, or a faster recovery"};
    case CauseKind::node:
    case CauseKind::domain:
      return {"outages of " + name + mode, "replicas elsewhere that are enough without it"};
    case CauseKind::drain:
      return {"drains", "movable or more replicas, so that a drained node takes nothing down"};
    case CauseKind::vertex:
    case CauseKind::link:
      return {"outages of " + name + mode, "another way round it in the network"};
    case CauseKind::claim:
      return {"outages of the claim " + name + mode, "storage of its own for every replica"};
    case CauseKind::failover: return {"failovers of " + name, "a faster or surer one"};
    case CauseKind::common_cause:
      return cause.mode == "releases" ? Words{"bad releases of " + name,
                                              "fewer of them, smaller exposure or a faster restore"}
                                      : Words{"the common cause " + cause.mode + " of " + name,
                                              "a rarer or shorter one"};
    case CauseKind::switchover: return {"switchovers at " + name, "a faster one"};
    case CauseKind::ramp:
      return {"scaling of " + name, "a higher minimum, a lower target or less lag"};
    case CauseKind::capacity:
      return {"replicas of " + name + (cause.mode.empty() ? "" : " at level " + cause.mode),
              "more of them"};
  }
  return {};
}

double external_unavailability(const System& system, const std::string& name) {
  const auto found = std::ranges::find(system.components, name, &Component::name);
  return found != system.components.end() && found->external ? found->external->unavailability
                                                             : 0.0;
}

std::string amount(const System& system, const Cause& cause, double allowed) {
  const Words words = words_of(cause);
  if (cause.kind == CauseKind::external) {
    const double now = external_unavailability(system, cause.subject);
    const double odds = allowed * now / (1.0 - now);
    // A little less than what is just enough, so that its digits are enough as well.
    constexpr double kSafe = 0.95;
    return words.what + " at " + availability_text(kSafe * odds / (1.0 + odds), 2) +
           " instead of " + target_text("availability", now) + ", or " + words.how;
  }
  constexpr double kSafe = 0.99;
  return words.what + " that cost at most " + duration_text(kSafe * allowed * cause.share * kYear) +
         " a year instead of " + duration_text(cause.share * kYear) + ": " + words.how;
}

}  // namespace

bool decided_by_spec(const Cause& cause) {
  switch (cause.kind) {
    case CauseKind::external:
    case CauseKind::chain:
    case CauseKind::claim:
    case CauseKind::common_cause:
    case CauseKind::switchover: return true;
    default: return false;
  }
}

std::vector<std::string> cause_remedies(const System& system, const CausesAlone& alone,
                                        const ObjectiveCheck& check, double actual,
                                        const std::vector<Cause>& causes) {
  // What the scheduler may do worse than the placement at hand stays as it is.
  const double gap = std::max(0.0, check.actual - actual);
  const double budget = check.target - gap;
  const std::string service = system.services[check.service].name;
  if (causes.empty() && actual <= check.target)
    return {
        "placement: pinned, or stricter spread rules: this placement keeps the budget, but the "
        "scheduler may choose a worse one"};
  std::vector<std::string> remedies;
  std::vector<Cause> insufficient;
  for (const Cause& cause : causes) {
    if (cause.kind == CauseKind::capacity) {
      const Words words = words_of(cause);
      remedies.push_back(words.what + ": " + words.how);
      continue;
    }
    if (const auto allowed = rate_allowed(alone, check.service, cause, budget);
        allowed && *allowed > 0.0)
      remedies.push_back(amount(system, cause, *allowed));
    else
      insufficient.push_back(cause);
  }
  if (!remedies.empty() || insufficient.empty()) return remedies;
  std::string all;
  for (const Cause& cause : insufficient) {
    const Words words = words_of(cause);
    all += (all.empty() ? "" : "; ") + words.what + " (" + words.how + ")";
  }
  return {"less downtime from " + all + "; not enough by itself: without " +
          (insufficient.size() == 1 ? "it " : "any one of them ") + service +
          " still misses its target"};
}

namespace {

/// Up to the next number of so many significant digits, but for what rounding leaves.
double rounded_up(double value, int digits) {
  if (value <= 0.0) return value;
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - digits + 1);
  constexpr double kRounding = 1e-9;
  return std::ceil(value / unit - kRounding) * unit;
}

}  // namespace

std::string smaller_ask(const Problem& problem, const ObjectiveCheck& best) {
  const std::string figure = best.field == "availability"
                                 ? availability_text(rounded_up(best.actual, 2), 2)
                             : best.field == "errorRate"
                                 ? target_text(best.field, rounded_up(best.actual, 2))
                                 : figure_text(best.field, rounded_up(best.actual, 3), best.target);
  return "a target of " + figure + " for " + problem.system.services[best.service].name + " " +
         best.field + " instead of " + target_text(best.field, best.target);
}

}  // namespace haplan::solver
