#pragma once

#include <string>

#include "model/availability/evaluate.hpp"
#include "solver/phrases.hpp"
#include "solver/solve.hpp"

/// Numbers as people read them, and the words for enumerators.
namespace haplan::planner {

inline constexpr double kYear = 365.25 * 86400.0;    ///< [s]
inline constexpr double kThirtyDays = 30 * 86400.0;  ///< [s]

using solver::availability_text;
using solver::cause_text;
using solver::count_text;
using solver::duration_text;
using solver::durations_text;
using solver::figure_text;
using solver::missed_text;
using solver::objective_text;
using solver::percent_text;
using solver::plain_number;
using solver::significant;
using solver::target_text;

std::string name_of(model::Method method);
std::string name_of(solver::Status status);
std::string name_of(solver::Stop stop);
std::string name_of(model::CauseKind kind);
std::string name_of(model::LossKind kind);
std::string name_of(solver::ReliefKind kind);
/// Name of the node, domain or component that is lost.
const std::string& name_of(const model::System& system, model::LossKind kind, std::size_t subject);

/// UTF-8 text without control bytes: each becomes \xNN. Texts of users go through it.
std::string printable(const std::string& text);

}  // namespace haplan::planner
