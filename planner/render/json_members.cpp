#include "planner/render/json_members.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace haplan::planner {

std::string unit_of(const std::string& field) {
  if (field == "availability" || field == "maxDowntime") return "Unavailability";
  if (field == "compliance") return "MissProbability";
  return field == "errorRate" ? "Ratio" : "Seconds";
}

void put_number(nlohmann::json& object, const std::string& name, double value) {
  if (std::isfinite(value)) {
    object[name] = value;
    return;
  }
  object[name] = nullptr;
  if (std::isinf(value)) object[name + "IsInfinite"] = true;
}

void put_check(nlohmann::json& object, const solver::ObjectiveCheck& check) {
  object["objective"] = check.field;
  object["decidedBy"] = check.decided_by;
  put_number(object, "target" + unit_of(check.field), check.target);
  put_number(object, "actual" + unit_of(check.field), check.actual);
}

void put_loss(nlohmann::json& object, const model::LossFigures& loss) {
  object["isMean"] = loss.is_mean;
  object["alreadyDown"] = loss.already_down;
  object["decidedBy"] = loss.decided_by;
  put_number(object, "secondsUntilUp", loss.until_up);
  put_number(object, "secondsUntilAvoided", loss.until_avoided);
  put_number(object, "failedShareOfRequests", loss.failed_share);
}

void put_loss(nlohmann::json& object, const model::NodeLoss& loss) {
  put_loss(object, {model::LossKind::node, loss.node, loss.until_up, loss.is_mean,
                    loss.until_avoided, loss.failed_share, loss.decided_by, loss.already_down});
}

}  // namespace haplan::planner
