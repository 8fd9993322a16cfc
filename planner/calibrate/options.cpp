#include "planner/calibrate/options.hpp"

namespace haplan::planner {

namespace {

tl::unexpected<Misread> misread(std::string message, std::string suggestion = {}) {
  return tl::make_unexpected(Misread{std::move(message), std::move(suggestion)});
}

/// "3.1y" of "12/3.1y", which is longer than nothing.
Reading<double> time_of(const std::string& text) {
  const auto read = duration(text);
  if (!read) return misread(read.error().message, read.error().suggestion);
  if (read->value <= 0.0) return misread("the time must be greater than zero");
  return read->value;
}

}  // namespace

Reading<Observation> observation(const std::string& text) {
  Observation result;
  result.text = text;
  const std::size_t equals = text.rfind('=');
  if (equals != std::string::npos) {
    const std::string name = text.substr(0, equals);
    const std::size_t dot = name.find('.');
    result.subject = name.substr(0, dot);
    if (dot != std::string::npos) result.mode = name.substr(dot + 1);
    if (result.subject.empty() || (dot != std::string::npos && result.mode.empty()))
      return misread("\"" + name + "\" names nothing", "as api.crash=12/3y");
  }
  const std::string counts = equals == std::string::npos ? text : text.substr(equals + 1);
  const std::size_t slash = counts.find('/');
  const auto events = integer(counts.substr(0, slash));
  if (!events)
    return misread("\"" + counts.substr(0, slash) + "\" is not a number of events",
                   "as api.crash=12/3y");
  result.events = static_cast<std::size_t>(events->value);
  if (slash != std::string::npos) {
    const auto time = time_of(counts.substr(slash + 1));
    if (!time) return misread(time.error().message, time.error().suggestion);
    result.time = *time;
  }
  return result;
}

Reading<PriorChoice> prior_choice(const std::string& text) {
  PriorChoice choice;
  if (text == "jeffreys") return choice;
  if (text == "flat" || text == "spec") {
    choice.kind = text == "flat" ? PriorChoice::Kind::flat : PriorChoice::Kind::spec;
    return choice;
  }
  const std::size_t slash = text.find('/');
  const auto events = number(text.substr(0, slash));
  if (slash == std::string::npos || !events)
    return misread("\"" + text + "\" is no prior",
                   "jeffreys, flat, spec, or events and time as 0.5/90d");
  if (events->value <= 0.0) return misread("a prior has more than zero events", "as 0.5/90d");
  const auto time = time_of(text.substr(slash + 1));
  if (!time) return misread(time.error().message, time.error().suggestion);
  choice.kind = PriorChoice::Kind::given;
  choice.given = {events->value, *time};
  return choice;
}

Reading<std::pair<std::string, double>> replica_count(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0)
    return misread("\"" + text + "\" is not NAME=N", "as api=3");
  const auto count = number(text.substr(equals + 1));
  if (!count || count->value <= 0.0)
    return misread("\"" + text.substr(equals + 1) + "\" is not a number of replicas", "as api=3");
  return std::pair{text.substr(0, equals), count->value};
}

PriorText text_of(const PriorChoice& prior) {
  switch (prior.kind) {
    case PriorChoice::Kind::jeffreys:
      return {"jeffreys", "half an event in no time", "NUREG/CR-6823, section 6.2.2.5"};
    case PriorChoice::Kind::flat:
      return {"flat", "one event in no time: every rate as likely as any other",
              "NUREG/CR-6823, section 6.2.2.5"};
    case PriorChoice::Kind::spec:
      return {"spec", "half an event in half the mtbf that the spec states",
              "constrained noninformative prior, Atwood 1996"};
    case PriorChoice::Kind::given: break;
  }
  return {"given", "events and time from the command line", "the user"};
}

model::RepairPrior repair_prior() { return {0.0, 0.0, 2.0, 2.0}; }

PriorText repair_prior_text() {
  return {
      "weak", "lognormal, any mean; a spread worth four repairs, 0.65 to 2.4 with 90 %",
      "law: Schroeder and Gibson 2006; spread around the 1.11 of MIL-HDBK-338B, section 5.6.2.1"};
}

}  // namespace haplan::planner
