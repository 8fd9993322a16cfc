#include "planner/calibrate/calibrate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "planner/calibrate/hints.hpp"
#include "planner/calibrate/instant.hpp"
#include "planner/calibrate/spelling.hpp"
#include "planner/spec/read.hpp"

namespace haplan::planner {

namespace {

Diagnostic problem(Severity severity, const char* code, std::string message, SourceRef where,
                   std::string suggestion) {
  return {severity, code, std::move(message), std::move(where), std::move(suggestion), {}};
}

/// A word of the command line as a text that diagnostics quote.
SourceRef quoted(std::vector<Source>& texts, const std::string& option, const std::string& word) {
  texts.push_back({option, word});
  return {option, 1, 1, static_cast<int>(std::max<std::size_t>(1, word.size()))};
}

/// A count with its place among subjects and modes.
struct Placed {
  const Observation* observation;
  std::size_t subject;
  std::size_t mode;
  SourceRef where;
};

/// The whole of one calibration, step by step.
class Work {
 public:
  explicit Work(const CalibrationInputs& inputs)
      : inputs_(inputs), options_(inputs.options), texts_(inputs.spec) {
    if (inputs.plan) texts_.push_back(*inputs.plan);
    if (inputs.table) texts_.push_back(*inputs.table);
  }

  Calibration run() {
    if (read_spec()) {
      read_table_rows();
      place_observations();
      check_replicas();
      find_period();
      if (!has_errors(diagnostics_)) estimate_all();
    }
    Calibration result;
    sort_diagnostics(diagnostics_, texts_);
    if (!has_errors(diagnostics_)) result.report = finished();
    result.diagnostics = std::move(diagnostics_);
    result.texts = std::move(texts_);
    return result;
  }

 private:
  bool read_spec() {
    if (inputs_.spec.empty()) {
      subjects_.emplace(options_.replicas);
      return true;
    }
    ReadResult read_result = read(inputs_.spec, {}, {}, inputs_.plan);
    add(std::move(read_result.diagnostics));
    if (!read_result.document) return false;
    subjects_.emplace(*read_result.document, options_.replicas);
    return true;
  }

  void read_table_rows() {
    if (!inputs_.table) return;
    incidents_ = read_incidents(read_table(*inputs_.table), *subjects_, options_.skip_bad_rows);
    add(std::move(incidents_.diagnostics));
  }

  void place_observations() {
    int number = 0;
    for (const Observation& one : options_.observations) {
      const SourceRef where = quoted(texts_, "--events " + std::to_string(++number), one.text);
      if (one.subject.empty()) continue;
      Unknown why;
      const auto subject = subjects_->find(one.subject, why);
      const auto mode = subject ? subjects_->find_mode(*subject, one.mode, why) : std::nullopt;
      if (!mode)
        diagnostics_.push_back(
            problem(Severity::error, "HA116", why.message, where, why.suggestion));
      else
        placed_.push_back({&one, *subject, *mode, where});
    }
  }

  /// A count of replicas for nothing is most likely a slip.
  void check_replicas() {
    int number = 0;
    for (const auto& [name, count] : options_.replicas) {
      const SourceRef where = quoted(texts_, "--replicas " + std::to_string(++number), name);
      const auto& all = subjects_->all();
      if (std::ranges::any_of(all, [&](const Subject& s) { return s.name == name; })) continue;
      Unknown why{"nothing that was observed is called \"" + name + "\"", "check the name"};
      if (subjects_->known()) subjects_->find(name, why);
      diagnostics_.push_back(problem(Severity::error, "HA116", why.message, where, why.suggestion));
    }
  }

  [[nodiscard]] SourceRef table_start() const { return {inputs_.table->name, 1, 1, 1}; }

  void find_period() {
    if (!inputs_.table) return;
    double first = std::numeric_limits<double>::infinity();
    double last = -first;
    for (const Incident& one : incidents_.all) {
      first = std::min(first, one.start);
      last = std::max(last, one.end.value_or(one.start));
    }
    if (incidents_.all.empty() && !(options_.from && options_.to)) {
      if (!has_errors(diagnostics_))
        diagnostics_.push_back(problem(Severity::error, "HA117", "there are no incidents to count",
                                       table_start(),
                                       "with --from and --to that is an observation, too"));
      return;
    }
    period_ = Period{options_.from.value_or(first), options_.to.value_or(last)};
    if (!options_.from || !options_.to) {
      const std::string which = !options_.from && !options_.to ? "--from and --to"
                                : options_.from                ? "--to"
                                                               : "--from";
      diagnostics_.push_back(
          problem(Severity::warning, "HA117",
                  "the period is taken to be " + instant_text(period_->from) + " to " +
                      instant_text(period_->to) + ", where incidents begin and end",
                  table_start(),
                  "give " + which + ": it was observed for longer, so the rates are too high"));
    }
    if (period_->length() <= 0.0)
      diagnostics_.push_back(problem(Severity::error, "HA117", "the period has no length",
                                     table_start(), "give --from and --to, the earlier one first"));
  }

  /// Incidents by subject; those that do not touch the period are only counted.
  std::vector<std::vector<Incident>> within_period() {
    std::vector<std::vector<Incident>> by_subject(subjects_->all().size());
    std::optional<SourceRef> first;
    for (Incident& one : incidents_.all) {
      const bool before = one.end && *one.end <= period_->from && one.start < period_->from;
      if (before || one.start > period_->to) {
        ++outside_;
        if (!first) first = one.where;
      } else {
        by_subject[one.subject].push_back(std::move(one));
      }
    }
    if (first)
      diagnostics_.push_back(problem(
          Severity::warning, "HA117",
          outside_ == 1
              ? "this incident lies outside the period"
              : std::to_string(outside_) + " incidents, this the first, lie outside the period",
          *first, "not counted"));
    return by_subject;
  }

  void estimate_all() {
    std::vector<std::vector<Incident>> by_subject(subjects_->all().size());
    if (period_) by_subject = within_period();
    for (std::size_t s = 0; s < subjects_->all().size(); ++s) estimate(s, std::move(by_subject[s]));
    for (const Observation& one : options_.observations)
      if (one.subject.empty()) estimate_unnamed(one);
  }

  void estimate(std::size_t index, std::vector<Incident> incidents) {
    const Subject& subject = subjects_->all()[index];
    std::set<std::size_t> named;
    std::optional<SourceRef> where;
    for (const Incident& one : incidents) {
      named.insert(one.mode);
      if (!where) where = one.where;
    }
    for (const Placed& one : placed_)
      if (one.subject == index) {
        named.insert(one.mode);
        if (!where) where = one.where;
      }
    if (options_.complete && period_)
      for (std::size_t m = 0; m < subject.modes.size(); ++m)
        if (!subject.has_availability) named.insert(m);
    const bool by_unit =
        std::ranges::any_of(named, [&](std::size_t m) { return subject.modes[m].per_unit; });
    if (named.empty()) return;
    if (by_unit && !subject.units) {
      const std::string option = "--replicas " + subject.name + "=N";
      diagnostics_.push_back(problem(
          Severity::error, "HA118",
          "the spec leaves open how many replicas of \"" + subject.name + "\" were observed",
          where.value_or(inputs_.table ? table_start() : SourceRef{}),
          "say how many there were, on average: " + option + ", or give --plan"));
      return;
    }
    const SubjectTally counts =
        tally(subject, std::move(incidents), period_.value_or(Period{}), diagnostics_);
    for (const std::size_t m : named) add_mode(index, m, counts, where);
  }

  void add_mode(std::size_t index, std::size_t m, const SubjectTally& counts,
                const std::optional<SourceRef>& where) {
    const Subject& subject = subjects_->all()[index];
    const Tally& tally = counts.modes[m];
    ModeEstimate one;
    one.kind = subject.kind;
    one.subject = subject.name;
    one.subject_path = subject.path;
    one.mode = subject.modes[m];
    one.units = one.mode.per_unit ? *subject.units : 1.0;
    one.units_assumed = one.mode.per_unit && subject.units_assumed;
    one.has_availability = subject.has_availability;
    one.events = tally.events;
    one.carried_in = tally.carried_in;
    one.repairs = tally.repairs;
    if (period_)
      one.exposure = one.units * period_->length() -
                     (one.mode.per_unit ? counts.unit_down_time : counts.subject_down_time);
    for (const Placed& placed : placed_) {
      if (placed.subject != index || placed.mode != m) continue;
      one.events += placed.observation->events;
      one.counted_apart += placed.observation->events;
      one.exposure += one.units * placed.observation->time.value_or(options_.time.value_or(0.0));
    }
    if (!(one.exposure > 0.0)) {
      diagnostics_.push_back(problem(
          Severity::error, "HA117", title_of(one) + " was down all the time",
          where.value_or(SourceRef{}), "a rate needs some time in which it could have failed"));
      return;
    }
    finish(std::move(one), tally.times);
  }

  void estimate_unnamed(const Observation& observation) {
    ModeEstimate one;
    one.subject_path = "parameters.observed";
    one.events = one.counted_apart = observation.events;
    one.exposure = observation.time.value_or(options_.time.value_or(0.0));
    one.mode.has_repair = false;
    if (one.exposure > 0.0) finish(std::move(one), {});
  }

  [[nodiscard]] model::RatePrior prior_of(const ModeEstimate& one) {
    switch (options_.prior.kind) {
      case PriorChoice::Kind::jeffreys: return {0.5, 0.0};
      case PriorChoice::Kind::flat: return {1.0, 0.0};
      case PriorChoice::Kind::given: return options_.prior.given;
      case PriorChoice::Kind::spec: break;
    }
    if (one.mode.stated_mtbf) return {0.5, 0.5 * *one.mode.stated_mtbf};
    warnings_.push_back(title_of(one) +
                        ": the spec states no mtbf to begin with; the prior is jeffreys");
    return {0.5, 0.0};
  }

  void finish(ModeEstimate one, const std::vector<double>& times) {
    one.prior = prior_of(one);
    one.rate = model::rate_posterior(one.events, one.exposure, one.prior, options_.level);
    const model::RepairTimes& repairs = one.repairs;
    if (repairs.exact.empty() && repairs.at_least.empty() && repairs.at_most.empty()) {
      one.no_repair = one.events == 0 ? "nothing failed" : "no repair was timed";
    } else if (auto repair = model::repair_posterior(repairs, repair_prior(), options_.level)) {
      one.repair = *repair;
    } else {
      one.no_repair = repair.error().message;
    }
    one.writes_repair = one.repair && !one.subject.empty() &&
                        (options_.repairs == RepairUse::always ||
                         (options_.repairs == RepairUse::automatic && one.mode.has_repair));
    one.writes = one.writes_repair || !one.has_availability || one.kind != SubjectKind::external;
    one.writes_law = one.writes_repair && one.mode.takes_law && repairs.exact.size() >= kLawFrom;
    if (period_) add_tests(one, times, period_->length());
    for (std::string& hint : hints(one)) warnings_.push_back(std::move(hint));
    modes_.push_back(std::move(one));
  }

  CalibrationReport finished() {
    CalibrationReport report;
    report.reference = inputs_.table ? inputs_.table->name : "command line";
    report.level = options_.level;
    report.period = period_;
    report.rows = incidents_.rows;
    report.outside = outside_;
    report.skipped = std::move(incidents_.skipped);
    report.unused_columns = std::move(incidents_.unused_columns);
    report.rate_prior = text_of(options_.prior);
    report.repair_prior = repair_prior_text();
    if (options_.repairs == RepairUse::automatic)
      if (std::string hint = hint_on_unwritten(modes_); !hint.empty())
        warnings_.push_back(std::move(hint));
    report.modes = std::move(modes_);
    report.warnings = std::move(warnings_);
    report.has_spec = !inputs_.spec.empty();
    return report;
  }

  void add(Diagnostics more) {
    diagnostics_.insert(diagnostics_.end(), std::make_move_iterator(more.begin()),
                        std::make_move_iterator(more.end()));
  }

  const CalibrationInputs& inputs_;
  const CalibrationOptions& options_;
  std::vector<Source> texts_;
  std::optional<Subjects> subjects_;
  Incidents incidents_;
  std::vector<Placed> placed_;
  std::optional<Period> period_;
  std::size_t outside_ = 0;
  std::vector<ModeEstimate> modes_;
  std::vector<std::string> warnings_;
  Diagnostics diagnostics_;
};

}  // namespace

Calibration calibrate(const CalibrationInputs& inputs) { return Work(inputs).run(); }

std::optional<double> observed_mean_repair(const ModeEstimate& estimate) {
  const model::RepairTimes& repairs = estimate.repairs;
  const std::size_t n = repairs.exact.size() + repairs.at_most.size();
  if (n == 0) return std::nullopt;
  double sum = 0.0;
  for (const auto* times : {&repairs.exact, &repairs.at_most})
    for (const double time : *times) sum += time;
  return sum / static_cast<double>(n);
}

std::string observed_text(const ModeEstimate& estimate) {
  return std::to_string(estimate.events) + (estimate.events == 1 ? " event in " : " events in ") +
         spelt_duration(estimate.exposure, 3);
}

std::string title_of(const ModeEstimate& estimate) {
  if (estimate.subject.empty()) return "observed";
  return estimate.subject + (estimate.mode.name.empty() ? "" : " " + estimate.mode.name);
}

}  // namespace haplan::planner
