#pragma once

#include <functional>
#include <memory>

#include "model/availability/evaluate.hpp"

/// What some causes of downtime do alone, or less often.
namespace haplan::model {

/// Factor in [0, 1] on how often a cause strikes; 0: never. Drains all have one cause: their subject is empty.
using CauseWeight = std::function<double(const Cause&)>;

/// One deployment, compiled once and asked many times.
class CausesAlone {
 public:
  /// fails  as evaluate
  static Result<CausesAlone> make(const System& system, const Deployment& deployment);
  CausesAlone(CausesAlone&& other) noexcept;
  CausesAlone& operator=(CausesAlone&&) = delete;
  ~CausesAlone();

  /// P(service down) when every cause strikes `weight` times as often and is repaired as before: a failover stays as
  /// likely as all causes of it make it, times its own weight. Monotone in every weight. Too little capacity has no
  /// weight. Of a `bounded` system the lower end.
  ///   cost  one pass over the diagram
  [[nodiscard]] double unavailability(ServiceId service, const CauseWeight& weight) const;

 private:
  struct State;
  explicit CausesAlone(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace haplan::model
