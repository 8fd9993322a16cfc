#pragma once

#include "model/availability/guarantee.hpp"
#include "model/availability/numbers.hpp"
#include "model/availability/placement_space.hpp"
#include "model/base/stop.hpp"
#include "model/system/load.hpp"
#include "solver/solve.hpp"

/// Objectives held against a deployment's figures. Answers never depend on the number of threads.
namespace haplan::solver {

/// Every objective met: guaranteed availability by its safe end, the rest by the deployment's own evaluation.
///   stop  answers unknown from then on
model::Result<model::Kept> meets_all(const Problem& problem, const model::Deployment& deployment,
                                     const model::Stop& stop = {}, unsigned threads = 1);

/// Every availability objective met by the guaranteed figures.
///   stop  answers unknown from then on
model::Result<model::Kept> judged_availability(const Problem& problem,
                                               const model::Deployment& deployment,
                                               const model::Stop& stop = {}, unsigned threads = 1);

/// Guaranteed figures, known as closely as objectives ask (`as_asked`).
///   stop  bounded by what is proved then
model::Result<std::vector<model::Estimate>> guaranteed_figures(const Problem& problem,
                                                               const model::Deployment& deployment,
                                                               unsigned threads = 1,
                                                               const model::Stop& stop = {});

/// Figures of `guaranteed_unavailability`, known as closely as objectives ask: where a limit lies within an interval, and is proved to be kept, the
/// interval ends there.
///   stop  bounded by what is proved then
model::Result<std::vector<model::Estimate>> as_asked(const Problem& problem,
                                                     const model::Deployment& deployment,
                                                     std::vector<model::Estimate> figures,
                                                     const model::Stop& stop = {});

/// Nodes of placements that missed an objective, one placement of every component per service function.
using Suspects = std::vector<std::vector<std::vector<model::NodeId>>>;

/// How far a placement is looked for.
enum class Look {
  suspects,  ///< among those that a search found with other settings
  searched
};

/// Some placement that the scheduler may choose surely misses an availability objective.
///   numbers   of the deployment's settings, or better ones
///   space     what the scheduler may choose
///   suspects  of the same counts; what a search finds takes the place of what was found before
///   stop      answers no from then on
bool exceeds_limits(const Problem& problem, const model::LoadTable& load,
                    const model::Deployment& deployment, const model::ComponentNumbers& numbers,
                    const model::PlacementSpace& space, Suspects& suspects,
                    Look look = Look::searched, const model::Stop& stop = {});

/// The objectives that counts alone decide: response time and data loss.
bool counts_suffice(const Problem& problem, const model::LoadTable& load,
                    const model::Deployment& deployment);

}  // namespace haplan::solver
