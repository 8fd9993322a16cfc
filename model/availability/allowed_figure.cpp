#include "model/availability/allowed_figure.hpp"

namespace haplan::model {

AllowedFigure::AllowedFigure(const PlacementQuestion& question, const Stop& stop, StopMeter& meter)
    : question_(question),
      stop_(stop),
      meter_(meter),
      table_(load_table(question.system)),
      credited_(question.figures, true, Moves::exact, meter),
      plain_(question.figures, false, Moves::exact, meter) {}

std::optional<double> AllowedFigure::operator()(const Deployment& placement) {
  const PlacementSpace& space = question_.space;
  NodeLoad load(question_.system, space.replicas);
  for (ComponentId c = 0; c < space.rules.size(); ++c) {
    if (space.rules[c].counts.empty()) continue;
    if (!obeys(space.rules[c], placement.components[c].nodes)) return std::nullopt;
    load.add(c, placement.components[c].nodes, 1);
  }
  if (!load.fits()) return std::nullopt;
  fits_ = true;
  const bool credit =
      space.always_headroom || has_headroom(question_.system, table_, placement, stop_);
  // A stop makes it answer "no headroom", which is not known.
  constexpr double kAskNow = 1e6;
  if (meter_.spend(kAskNow)) return std::nullopt;
  // The nodes that are not listed may give it.
  if (!credit && question_.figures.reduced()) return std::nullopt;
  std::vector<const DownVector*> inputs(question_.figures.placed().size(), nullptr);
  for (const auto* list : {&question_.function.series, &question_.function.gated})
    for (const std::size_t i : *list)
      inputs[i] = &(credit ? credited_ : plain_)
                       .at(i, placement.components[question_.figures.placed()[i]].nodes);
  return question_.figures.unavailability(question_.function, inputs);
}

}  // namespace haplan::model
