#include "model/availability/evaluate.hpp"

#include "model/availability/service_figures.hpp"

namespace haplan::model {

Result<Evaluation> evaluate(const System& system, const Deployment& deployment,
                            const EvaluateOptions& options) {
  const Result<Quantified> all = quantify(system, deployment, options.figures, options);
  if (!all) return tl::unexpected(all.error());
  const ServiceContext context{system, deployment, all->compiled, all->numbers, all->components};
  FigureMaker maker(context, options.figures ? options.wanted : WantedFigures::none());
  Evaluation evaluation;
  evaluation.headroom = all->compiled.headroom;
  evaluation.work = {all->compiled.diagram.size(), all->compiled.domain_states};
  for (ServiceId s = 0; s < system.services.size(); ++s) {
    if (options.stop && options.stop())
      return tl::unexpected(Error{Fault::budget_exhausted, "the evaluation was stopped", ""});
    const std::optional<ServiceId> twin = twin_of(system, s);
    evaluation.services.push_back(twin ? evaluation.services[*twin] : maker.service(s));
  }
  return evaluation;
}

}  // namespace haplan::model
