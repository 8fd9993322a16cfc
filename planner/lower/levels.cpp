#include <numeric>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

/// Sum of exact shares; nothing when it leaves 64 bits, which then cannot be 1 in sensible
/// decimals.
std::optional<model::Rational> add(const model::Rational& a, const model::Rational& b) {
  const std::int64_t divisor = std::gcd(a.den, b.den);
  std::int64_t den = 0;
  std::int64_t left = 0;
  std::int64_t right = 0;
  std::int64_t num = 0;
  if (__builtin_mul_overflow(a.den / divisor, b.den, &den) ||
      __builtin_mul_overflow(a.num, b.den / divisor, &left) ||
      __builtin_mul_overflow(b.num, a.den / divisor, &right) ||
      __builtin_add_overflow(left, right, &num))
    return std::nullopt;
  const std::int64_t common = std::gcd(num, den);
  return model::Rational{num / common, den / common};
}

model::Level level_of(Context& context, const std::string& name, const Value& value, bool only) {
  model::Level level;
  level.name = name;
  const Value* share = field(&value, "share");
  if (share)
    level.share = share->value;
  else if (!only)
    report(context, "HA004", "level \"" + name + "\" has no share of the time", value.key,
           "add \"share\"; the shares of all levels sum to 100%");
  const Value* users = field(&value, "users");
  const Value* rate = field(&value, "rate");
  const Value* think = field(&value, "thinkTime");
  if (users && rate)
    report(context, "HA072", "\"users\" and \"rate\" exclude each other", rate->key,
           "users for a closed load, rate for an open one");
  if (users && !think)
    report(context, "HA063", "level \"" + name + "\" has users but no thinkTime", users->key,
           "add \"thinkTime\", the time a user waits between two requests");
  if (think && !users)
    report(context, "HA063", "level \"" + name + "\" has thinkTime but no users", think->key,
           "add \"users\", or remove thinkTime");
  if (users) level.users = users->exact;
  if (think) level.think_time = think->exact;
  if (rate) level.rate = rate->exact;
  level.ramp = number_or(&value, "ramp", level.ramp);
  level.every = number_or(&value, "every", level.every);
  if (const Value* every = field(&value, "every")) require_positive(context, *every);
  return level;
}

void check_shares(Context& context, const Value& levels) {
  std::optional<model::Rational> sum = model::Rational{0, 1};
  for (const auto& [name, value] : levels.fields) {
    const Value* share = field(&value, "share");
    if (!share) return;  // the only level, or already reported
    if (sum) sum = add(*sum, share->exact);
  }
  if (sum && *sum == model::Rational{1, 1}) return;
  std::string written;
  for (const auto& [name, value] : levels.fields)
    written += (written.empty() ? "" : " + ") + field(&value, "share")->text;
  report(context, "HA062", "the shares of the levels sum to " + written + ", not to 100%",
         levels.key, "a level for the rest of the time may have \"rate: 0/s\"");
}

}  // namespace

void lower_levels(Context& context) {
  const Value* levels = field(field(context.spec, "workload"), "levels");
  auto& all = context.system().levels;
  if (!levels || levels->fields.empty()) {
    all.emplace_back().name = "always";
    context.levels["always"] = 0;
    return;
  }
  for (const auto& [name, value] : levels->fields) {
    context.levels[name] = all.size();
    all.push_back(level_of(context, name, value, levels->fields.size() == 1));
  }
  check_shares(context, *levels);
}

}  // namespace haplan::planner::lowering
