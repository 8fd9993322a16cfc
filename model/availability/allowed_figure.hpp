#pragma once

#include <optional>

#include "model/availability/down_cache.hpp"
#include "model/availability/headroom.hpp"
#include "model/availability/worst_placement.hpp"

/// The figure of one placement, if it is one that the scheduler may choose.
namespace haplan::model {

class AllowedFigure {
 public:
  ///   question  must outlive it
  ///   meter     pays for what is evaluated
  AllowedFigure(const PlacementQuestion& question, const Stop& stop, StopMeter& meter);

  ///   returns  P(service down); absent when the rules do not allow the placement, when it does not fit, and when that is not known
  std::optional<double> operator()(const Deployment& placement);

  /// Some placement asked for was allowed and had room.
  [[nodiscard]] bool fits() const { return fits_; }

  [[nodiscard]] double operations() const { return credited_.operations() + plain_.operations(); }

 private:
  const PlacementQuestion& question_;
  const Stop& stop_;
  StopMeter& meter_;
  const LoadTable table_;
  DownCache credited_;
  DownCache plain_;
  bool fits_ = false;
};

}  // namespace haplan::model
