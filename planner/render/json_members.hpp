#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "model/availability/evaluate.hpp"
#include "solver/solve.hpp"

/// Members that several JSON renders write alike.
namespace haplan::planner {

/// A number; an infinite or undefined one is null, with "<name>IsInfinite" beside it when infinite.
void put_number(nlohmann::json& object, const std::string& name, double value);

/// The unit of an objective's figures, as names of members end.
std::string unit_of(const std::string& field);

/// What an objective is compared with: a figure in the unit that its fields' names carry.
void put_check(nlohmann::json& object, const solver::ObjectiveCheck& check);

/// A deployment in the shape of spec.plan.
void put_plan(nlohmann::json& object, const model::System& system,
              const model::Deployment& deployment);

/// What a loss does to a service.
void put_loss(nlohmann::json& object, const model::LossFigures& loss);
void put_loss(nlohmann::json& object, const model::NodeLoss& loss);

}  // namespace haplan::planner
