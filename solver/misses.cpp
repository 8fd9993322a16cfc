#include "solver/misses.hpp"

#include <algorithm>

namespace haplan::solver {

using namespace model;

Misses::Misses(const Problem& problem, Relaxation& relaxation) : relaxation_(relaxation) {
  using enum LimitKind;
  // Cheap ones first.
  for (const LimitKind kind : {recovery_time, data_loss, response_time, availability, error_rate,
                               loss_replica, loss_primary, loss_node, loss_zone})
    for (ServiceId s = 0; s < problem.system.services.size(); ++s) {
      if (!relaxation.limit(s, kind)) continue;
      if (kind == availability || kind == error_rate || kind == response_time)
        questions_.push_back({kind, s, Basis::calm, std::nullopt, 0.0});
      else
        add_components(kind, s, kind == recovery_time || kind == data_loss);
    }
  if (problem.system.nodes.empty()) return;
  for (const Basis basis : {Basis::placement, Basis::component, Basis::worst})
    for (ServiceId s = 0; s < problem.system.services.size(); ++s) {
      if (!relaxation.limit(s, availability)) continue;
      if (basis == Basis::component)
        add_components(availability, s, false);
      else
        questions_.push_back({availability, s, basis, std::nullopt, 0.0});
    }
}

void Misses::add_components(LimitKind kind, ServiceId service, bool all) {
  for (const ComponentId c : relaxation_.choices.replicated)
    if (all || relaxation_.needs(service, c))
      questions_.push_back({kind, service, Basis::component, c, 0.0});
}

std::optional<MissReason> Misses::find(const Box& box, double* nearest) {
  for (auto question = questions_.begin(); question != questions_.end(); ++question) {
    ++asked_;
    const auto figure = relaxation_.figure(box, *question);
    if (!figure) continue;
    if (!relaxation_.exceeds(*question, *figure)) {
      const double most = *relaxation_.limit(question->service, question->limit);
      if (nearest && question->limit == LimitKind::availability && most > 0.0)
        *nearest = std::max(*nearest, *figure / most);
      continue;
    }
    MissReason miss = *question;
    miss.figure = *figure;
    std::rotate(questions_.begin(), question, question + 1);
    return miss;
  }
  return std::nullopt;
}

}  // namespace haplan::solver
