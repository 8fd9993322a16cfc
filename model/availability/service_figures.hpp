#pragma once

#include "model/availability/service_levels.hpp"

/// The figures of services of a compiled structure that is filled with numbers. MODEL 5.
namespace haplan::model {

class FigureMaker {
 public:
  /// All references must outlive this object.
  ///   cost  one pass over the diagram, two where it was truncated
  FigureMaker(const ServiceContext& context, WantedFigures wanted,
              ClosedNetwork closed = closed_response_time);

  [[nodiscard]] ServiceFigures service(ServiceId service) const;

 private:
  void add_flows_and_causes(ServiceId service, ServiceFigures& figures) const;
  void add_response_times(ServiceId service, ServiceFigures& figures) const;
  [[nodiscard]] std::vector<double> by_level(ServiceId service) const;

  const ServiceContext& context_;
  WantedFigures wanted_;
  ClosedNetwork closed_;
  std::vector<double> p_;
  std::vector<double> lower_;  ///< empty: as upper_
  std::vector<double> upper_;
  std::vector<std::vector<DownFor>> down_for_;  ///< per service; empty unless wanted
  std::vector<std::vector<DownFor>> episodes_;  ///< likewise
};

/// An earlier service that requires the same components, in the same order and no gates of its own, with the same share
/// of the load: its figures are this one's.
std::optional<ServiceId> twin_of(const System& system, ServiceId service);

}  // namespace haplan::model
