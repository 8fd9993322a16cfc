#include "planner/render/figures.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace haplan::planner {
namespace {

std::string fixed(double value, int decimals) {
  char buffer[400];
  const auto result =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
  return {buffer, result.ptr};
}

/// Decimals that show `digits` significant digits of a positive value.
int decimals_for(double value, int digits) {
  const int magnitude = static_cast<int>(std::floor(std::log10(value)));
  return std::max(0, digits - 1 - magnitude);
}

}  // namespace

std::string significant(double value, int digits) {
  if (std::isnan(value)) return "unknown";
  if (std::isinf(value)) return value > 0 ? "infinite" : "-infinite";
  if (value == 0) return "0";
  return fixed(value, decimals_for(std::abs(value), digits));
}

std::string plain_number(double value) {
  char buffer[400];
  const auto result =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
  return {buffer, result.ptr};
}

std::string availability_text(double unavailability, int digits) {
  if (std::isnan(unavailability)) return "unknown";
  if (unavailability <= 0) return "100 %";
  constexpr double kNone = 1e-12;
  if (1 - unavailability < kNone) return "0 %";
  // The digits come from the unavailability itself, as decimal text: 100 - x, with x rounded to
  // its digits.
  const double percent = unavailability * 100;
  const int decimals = std::min(decimals_for(std::min(percent, 100 - percent), digits), 30);
  std::string x = fixed(percent, decimals);
  const auto dot = x.find('.');
  const std::string whole = x.substr(0, dot);
  std::string rest = dot == std::string::npos ? std::string{} : x.substr(dot + 1);
  int borrow = 0;
  for (auto i = rest.size(); i-- > 0;) {
    int digit = -(rest[i] - '0') - borrow;
    borrow = digit < 0 ? 1 : 0;
    if (digit < 0) digit += 10;
    rest[i] = static_cast<char>('0' + digit);
  }
  const int left = 100 - std::stoi(whole) - borrow;
  rest.erase(rest.find_last_not_of('0') + 1);
  return std::to_string(left) + (rest.empty() ? "" : "." + rest) + " %";
}

std::string duration_text(double seconds, int digits) {
  if (std::isnan(seconds) || std::isinf(seconds)) return significant(seconds, digits);
  const double size = std::abs(seconds);
  if (size == 0) return "0 s";
  if (size < 1e-6) return significant(seconds * 1e9, digits) + " ns";
  if (size < 1e-3) return significant(seconds * 1e6, digits) + " us";
  if (size < 1) return significant(seconds * 1e3, digits) + " ms";
  if (size < 120) return significant(seconds, digits) + " s";
  if (size < 7200) return significant(seconds / 60, digits) + " min";
  if (size < 172800) return significant(seconds / 3600, digits) + " h";
  return significant(seconds / 86400, digits) + " d";
}

std::string percent_text(double share, int digits) {
  return significant(share * 100, digits) + " %";
}

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

std::string cause_text(const model::Cause& cause) {
  const auto mode = cause.mode.empty() ? std::string{} : ": " + cause.mode;
  switch (cause.kind) {
    case model::CauseKind::replica: return cause.subject + mode;
    case model::CauseKind::node: return "node " + cause.subject + mode;
    case model::CauseKind::domain: return "domain " + cause.subject + mode;
    case model::CauseKind::claim: return "claim " + cause.subject + mode;
    case model::CauseKind::vertex: return "vertex " + cause.subject + mode;
    case model::CauseKind::link: return "link " + cause.subject + mode;
    case model::CauseKind::external: return cause.subject + ": external outage";
    case model::CauseKind::chain: return cause.subject + ": not serving";
    case model::CauseKind::failover: return cause.subject + ": failover" + mode;
    case model::CauseKind::common_cause: return cause.subject + mode;
    case model::CauseKind::switchover: return cause.subject + ": switchover";
    case model::CauseKind::ramp: return cause.subject + ": scaling lags the ramp";
    case model::CauseKind::drain:
      return "drain" + (cause.subject.empty() ? "" : " of " + cause.subject);
    case model::CauseKind::capacity:
      return cause.subject + ": too few" + (cause.mode.empty() ? "" : " at " + cause.mode);
  }
  return {};
}

std::string objective_text(const std::string& field, double value, int more) {
  if (field == "availability" || field == "maxDowntime") return availability_text(value, 2 + more);
  if (field == "errorRate") return percent_text(value, 2 + more);
  if (field == "compliance") return availability_text(value, 2 + more);
  return duration_text(value, 3 + more);
}

std::string target_text(const std::string& field, double target) {
  if (field == "availability" || field == "maxDowntime") return availability_text(target, 4);
  return objective_text(field, target);
}

std::string missed_text(const std::string& field, double actual, double target) {
  constexpr int kMost = 14;  // beyond that a double has no more to tell
  int more = 0;
  while (more < kMost && objective_text(field, actual, more) == objective_text(field, target, more))
    ++more;
  return objective_text(field, actual, more);
}

std::string count_text(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
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
