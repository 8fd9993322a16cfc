#include "planner/render/figures.hpp"

namespace haplan::planner {
std::string name_of(model::Method method) {
  switch (method) {
    case model::Method::exact: return "exact";
    case model::Method::bounded: return "bounded";
    case model::Method::simulated: return "simulated";
  }
  return {};
}

std::string name_of(solver::Status status) {
  switch (status) {
    case solver::Status::optimal: return "optimal";
    case solver::Status::feasible: return "feasible";
    case solver::Status::infeasible: return "infeasible";
    case solver::Status::undecided: return "undecided";
    case solver::Status::evaluated: return "evaluated";
  }
  return {};
}

std::string name_of(solver::Stop stop) {
  switch (stop) {
    case solver::Stop::none: return "";
    case solver::Stop::work_limit: return "workLimit";
    case solver::Stop::time_limit: return "timeLimit";
    case solver::Stop::interrupted: return "interrupt";
  }
  return {};
}

std::string name_of(model::CauseKind kind) {
  switch (kind) {
    case model::CauseKind::replica: return "replica";
    case model::CauseKind::node: return "node";
    case model::CauseKind::domain: return "domain";
    case model::CauseKind::claim: return "claim";
    case model::CauseKind::vertex: return "vertex";
    case model::CauseKind::link: return "link";
    case model::CauseKind::external: return "external";
    case model::CauseKind::chain: return "chain";
    case model::CauseKind::failover: return "failover";
    case model::CauseKind::common_cause: return "common_cause";
    case model::CauseKind::switchover: return "switchover";
    case model::CauseKind::ramp: return "ramp";
    case model::CauseKind::drain: return "drain";
    case model::CauseKind::capacity: return "capacity";
  }
  return {};
}

std::string name_of(solver::ReliefKind kind) {
  switch (kind) {
    case solver::ReliefKind::restore: return "restore";
    case solver::ReliefKind::budget: return "budget";
    case solver::ReliefKind::replicas: return "replicas";
    case solver::ReliefKind::unit: return "unit";
    case solver::ReliefKind::node: return "node";
    case solver::ReliefKind::vendor: return "vendor";
    case solver::ReliefKind::target: return "target";
  }
  return "target";
}

std::string name_of(model::LossKind kind) {
  switch (kind) {
    case model::LossKind::node: return "node";
    case model::LossKind::domain: return "domain";
    case model::LossKind::replica: return "replica";
    case model::LossKind::primary: return "primary";
    case model::LossKind::external: return "external";
  }
  return {};
}

const std::string& name_of(const model::System& system, model::LossKind kind, std::size_t subject) {
  if (kind == model::LossKind::node) return system.nodes[subject].name;
  if (kind == model::LossKind::domain) return system.domains[subject].name;
  return system.components[subject].name;
}

std::string printable(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    const bool c1 = byte == 0xC2 && next >= 0x80 && next < 0xA0;
    if (byte < 0x20 || byte == 0x7f || c1) {
      const auto shown = c1 ? next : byte;
      out += std::string("\\x") + kHex[shown >> 4] + kHex[shown & 15];
      if (c1) ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace haplan::planner
