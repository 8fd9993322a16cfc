#include "planner/session/sweep.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <limits>
#include <map>
#include <mutex>

#include "model/availability/reevaluate.hpp"
#include "model/base/contract.hpp"
#include "model/base/parallel.hpp"
#include "planner/lower/substitution.hpp"
#include "planner/session/settled.hpp"
#include "planner/session/study.hpp"

namespace haplan::planner {

namespace {

constexpr std::size_t kChunk = 4096;  // points that a thread takes at a time

/// Shortest digits that read back to the same bits, without an exponent.
std::string digits_of(double value) {
  constexpr std::size_t kLongest = 400;  // the smallest double in full
  std::array<char, kLongest> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end.ptr};
}

/// A number as the spec takes it.
struct PreparedNumber {
  std::string path;
  std::string unit;               ///< behind the digits
  std::vector<Measure> measures;  ///< of a direct one, per value
  bool direct = false;            ///< put in without loading anew
};

std::string assignment(const SweptNumber& number, const std::string& unit, double value) {
  return number.path + "=" + digits_of(value) + unit;
}

Inputs with(const Inputs& inputs, std::vector<std::string> sets) {
  Inputs changed = inputs;
  changed.sets.insert(changed.sets.end(), std::make_move_iterator(sets.begin()),
                      std::make_move_iterator(sets.end()));
  return changed;
}

/// The unit that makes a value of the field: none, seconds or per second; none, too, when nothing does.
std::string unit_of(const Inputs& inputs, const SweptNumber& number) {
  const double value = number.values[number.at.front()];
  for (const char* unit : {"", "s", "/s"})
    if (load(with(inputs, {assignment(number, unit, value)})).lowered) return unit;
  return "";
}

/// The number as an uncertain one between its least and its greatest value, with that of the first point; nothing where
/// it cannot be one.
std::optional<std::string> interval_of(const SweptNumber& number, const std::string& unit) {
  const auto [least, most] = std::ranges::minmax_element(number.values);
  if (!(*least < *most) || is_counted_with(number.path)) return std::nullopt;
  return number.path + "={value: " + digits_of(number.values[number.at.front()]) + unit +
         ", low: " + digits_of(*least) + unit + ", high: " + digits_of(*most) + unit +
         ", dist: uniform}";
}

Measure measure_of(Value::Kind kind, const std::string& text) {
  const auto read = kind == Value::Kind::duration      ? duration(text)
                    : kind == Value::Kind::rate        ? rate(text)
                    : kind == Value::Kind::probability ? probability(text)
                                                       : number(text);
  HAPLAN_EXPECTS(read.has_value());  // it lies between two that were read
  return *read;
}

std::string under_spec(const std::string& path) {
  constexpr const char* kSpec = "spec.";
  return path.rfind(kSpec, 0) == 0 ? path.substr(std::string(kSpec).size()) : path;
}

std::optional<std::size_t> input_at(const std::vector<UncertainInput>& inputs,
                                    const std::string& path) {
  const auto found = std::ranges::find(inputs, under_spec(path), &UncertainInput::name);
  if (found == inputs.end()) return std::nullopt;
  return static_cast<std::size_t>(found - inputs.begin());
}

PreparedNumber prepared(const Inputs& inputs, const SweptNumber& number) {
  PreparedNumber one{
      .path = number.path, .unit = unit_of(inputs, number), .measures = {}, .direct = false};
  const auto interval = interval_of(number, one.unit);
  if (!interval) return one;
  const Loaded loaded = load(with(inputs, {*interval}));
  if (!loaded.lowered) return one;
  const auto uncertain = uncertain_inputs(*loaded.lowered->document);
  const auto at = input_at(uncertain, number.path);
  if (!at) return one;
  const Substitution substitution(*loaded.lowered->document);
  if (!substitution.is_direct(*at)) return one;
  one.direct = true;
  for (const double value : number.values)
    one.measures.push_back(measure_of(uncertain[*at].kind, digits_of(value) + one.unit));
  return one;
}

/// Points with the same settings that have to be loaded anew.
struct Group {
  std::vector<std::string> sets;
  std::vector<std::size_t> points;
};

std::vector<Group> groups_of(const SweepRequest& request,
                             const std::vector<PreparedNumber>& numbers) {
  std::map<std::vector<std::uint32_t>, Group> groups;
  const std::size_t points = request.numbers.front().at.size();
  std::vector<std::uint32_t> key;
  for (std::size_t point = 0; point < points; ++point) {
    key.clear();
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (!numbers[i].direct) key.push_back(request.numbers[i].at[point]);
    groups[key].points.push_back(point);
  }
  std::vector<Group> all;
  for (auto& [which, group] : groups) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const SweptNumber& number = request.numbers[i];
      group.sets.push_back(numbers[i].direct
                               ? *interval_of(number, numbers[i].unit)
                               : assignment(number, numbers[i].unit, number.values[which[next++]]));
    }
    all.push_back(std::move(group));
  }
  return all;
}

/// One group's spec, ready for values.
class GroupEvaluator {
 public:
  GroupEvaluator(const Lowered& lowered, const SweepRequest& request,
                 const std::vector<PreparedNumber>& numbers)
      : request_(request),
        numbers_(numbers),
        substitution_(*lowered.document),
        base_(lowered.problem.before),
        deployment_(base_),
        values_(substitution_.written()) {
    model::ReevaluateOptions options;
    options.wanted = model::WantedFigures::none();
    options.stop = request.stop;
    const auto wanted = [&](const char* name) {
      return std::ranges::find(request.figures, name) != request.figures.end();
    };
    options.wanted.frequency = wanted("outagesPerYear") || wanted("meanOutageSeconds");
    options.wanted.error_ratio = wanted("errorRatio");
    options.wanted.recovery = wanted("recoverySeconds");
    options.wanted.losses = wanted("nodeLossSeconds");
    options.wanted.response_time = wanted("responseSeconds");
    options.wanted.data_loss = wanted("dataLossSeconds");
    reevaluator_.emplace(std::move(options));
    const auto uncertain = uncertain_inputs(*lowered.document);
    for (const PreparedNumber& number : numbers) input_.push_back(input_at(uncertain, number.path));
  }

  model::Result<model::Evaluation> at(std::size_t point) {
    for (std::size_t i = 0; i < numbers_.size(); ++i)
      if (numbers_[i].direct && input_[i])  // else it is of a variant that does not run
        values_[*input_[i]] = numbers_[i].measures[request_.numbers[i].at[point]];
    const auto problem = substitution_.at(std::span<const Measure>(values_));
    if (!problem) return tl::make_unexpected(problem.error());
    deployment_ = base_;
    substitution_.settle(deployment_);
    return reevaluator_->evaluate((*problem)->system, deployment_);
  }

 private:
  const SweepRequest& request_;
  const std::vector<PreparedNumber>& numbers_;
  Substitution substitution_;
  std::optional<model::Reevaluator> reevaluator_;
  model::Deployment base_;
  model::Deployment deployment_;
  std::vector<Measure> values_;
  std::vector<std::optional<std::size_t>> input_;  ///< per number
};

/// Points that one thread does in one go.
struct Portion {
  std::size_t group = 0;
  std::size_t first = 0;
  std::size_t end = 0;
};

/// What threads share.
class Sweeping {
 public:
  Sweeping(const Inputs& inputs, const SweepRequest& request, std::vector<PreparedNumber> numbers)
      : inputs_(inputs),
        request_(request),
        numbers_(std::move(numbers)),
        groups_(groups_of(request, numbers_)),
        points_(request.numbers.front().at.size()) {
    for (std::size_t g = 0; g < groups_.size(); ++g)
      for (std::size_t first = 0; first < groups_[g].points.size(); first += kChunk)
        portions_.push_back({g, first, std::min(first + kChunk, groups_[g].points.size())});
    const auto names = followed_figures();
    for (const std::string& figure : request.figures) {
      const auto found = std::ranges::find(names, figure);
      HAPLAN_EXPECTS(found != names.end());
      columns_.push_back(static_cast<std::size_t>(found - names.begin()));
    }
  }

  /// The first group must load: then all have its services.
  Swept run() {
    Loaded first = load(with(inputs_, groups_.front().sets));
    if (!first.lowered) return {std::nullopt, std::move(first.diagnostics), std::move(first.texts)};
    for (const model::Service& service : first.lowered->problem.system.services)
      sweep_.services.push_back(service.name);
    sweep_.figures.assign(sweep_.services.size() * columns_.size() * points_,
                          std::numeric_limits<double>::quiet_NaN());
    const std::size_t workers = std::min<std::size_t>(request_.threads, portions_.size());
    model::in_parallel(workers, request_.threads, [this](std::size_t) { work(); });
    if (request_.stop && request_.stop()) return {};
    return {std::move(sweep_), {}, {}};
  }

 private:
  void work() {
    std::optional<std::size_t> group;
    std::optional<Loaded> loaded;
    std::optional<GroupEvaluator> evaluator;
    for (std::size_t i = next_++; i < portions_.size(); i = next_++) {
      const Portion& portion = portions_[i];
      if (group != portion.group) {
        group = portion.group;
        evaluator.reset();
        loaded = load(with(inputs_, groups_[*group].sets));
        if (loaded->lowered)
          loaded->lowered = settled(*loaded->lowered, loaded->lowered->problem.before);
        if (loaded->lowered) evaluator.emplace(*loaded->lowered, request_, numbers_);
      }
      if (request_.stop && request_.stop()) return;
      do_portion(portion, evaluator, *loaded);
      tell(portion.end - portion.first);
    }
  }

  void do_portion(const Portion& portion, std::optional<GroupEvaluator>& evaluator,
                  const Loaded& loaded) {
    for (std::size_t i = portion.first; i < portion.end; ++i) {
      const std::size_t point = groups_[portion.group].points[i];
      if (!evaluator) {
        fail(point, first_error(loaded.diagnostics));
        continue;
      }
      const auto evaluation = evaluator->at(point);
      if (!evaluation)
        fail(point, evaluation.error().message);
      else if (evaluation->services.size() == sweep_.services.size())
        keep(point, *evaluation);
      else
        fail(point, "other services than at the first point");
    }
  }

  static std::string first_error(const Diagnostics& diagnostics) {
    for (const Diagnostic& one : diagnostics)
      if (one.severity == Severity::error) return one.code + ": " + one.message;
    return "";
  }

  void keep(std::size_t point, const model::Evaluation& evaluation) {
    std::vector<double> figures;
    for (std::size_t s = 0; s < evaluation.services.size(); ++s) {
      figures.clear();
      add_figures(evaluation.services[s], figures);
      for (std::size_t f = 0; f < columns_.size(); ++f)
        sweep_.figures[(s * columns_.size() + f) * points_ + point] = figures[columns_[f]];
    }
  }

  void fail(std::size_t point, const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (sweep_.failed++ > 0 && point > first_failed_) return;
    first_failed_ = point;
    sweep_.why = why;
  }

  void tell(std::size_t points) {
    const std::lock_guard lock(mutex_);
    done_ += points;
    if (request_.progress)
      request_.progress(static_cast<double>(done_) / static_cast<double>(points_));
  }

  const Inputs& inputs_;
  const SweepRequest& request_;
  std::vector<PreparedNumber> numbers_;
  std::vector<Group> groups_;
  std::vector<Portion> portions_;
  std::vector<std::size_t> columns_;  ///< per figure: its place among the followed ones
  std::size_t points_ = 0;
  Sweep sweep_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::size_t first_failed_ = 0;
  std::size_t done_ = 0;
};

}  // namespace

Swept sweep(const Inputs& inputs, const SweepRequest& request) {
  HAPLAN_EXPECTS(!request.numbers.empty() && !request.numbers.front().at.empty());
  for (const SweptNumber& number : request.numbers)
    HAPLAN_EXPECTS(number.at.size() == request.numbers.front().at.size() && !number.values.empty());
  std::vector<PreparedNumber> numbers;
  for (const SweptNumber& number : request.numbers) numbers.push_back(prepared(inputs, number));
  return Sweeping(inputs, request, std::move(numbers)).run();
}

}  // namespace haplan::planner
