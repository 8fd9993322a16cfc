#include "model/uncertainty/draws.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <utility>

#include "model/base/contract.hpp"
#include "model/base/parallel.hpp"

namespace haplan::model {

namespace {

/// Large enough that threads seldom meet, small enough to end together.
constexpr std::size_t kBlock = 64;

/// Threads write to bytes of their own; std::vector<bool> packs several draws into one word.
struct Answers {
  std::vector<char> valid;
  std::vector<double> figures;
  std::vector<char> holds;
};

class Runner {
 public:
  Runner(const Study& study, const Stop& stop, std::size_t count, const InputsOf& inputs)
      : study_(study), stop_(stop), count_(count), inputs_(inputs) {
    answers_.valid.assign(count, 0);
    answers_.figures.assign(count * study.figures, 0.0);
    answers_.holds.assign(count * study.objectives, 0);
  }

  void run(const Evaluator& evaluator) {
    std::vector<double> x(study_.inputs.size());
    while (!stopped_) {
      const std::size_t first = next_.fetch_add(kBlock);
      if (first >= count_ || asked_to_stop()) return;
      for (std::size_t i = first; i < std::min(count_, first + kBlock); ++i) {
        inputs_(i, x);
        const Result<Outcome> outcome = evaluator(x);
        if (outcome)
          enter(i, *outcome);
        else
          failed(i, outcome.error());
      }
    }
  }

  Result<Draws> take() {
    if (stopped_)
      return tl::unexpected(Error{Fault::budget_exhausted, "the draws were stopped", ""});
    Draws draws;
    draws.count = count_;
    draws.valid.assign(answers_.valid.begin(), answers_.valid.end());
    draws.figures = std::move(answers_.figures);
    draws.holds.assign(answers_.holds.begin(), answers_.holds.end());
    draws.why = why_;
    return draws;
  }

 private:
  bool asked_to_stop() {
    if (!stop_) return false;
    const std::lock_guard lock(mutex_);
    if (!stopped_ && stop_()) stopped_ = true;
    return stopped_;
  }

  void enter(std::size_t i, const Outcome& outcome) {
    HAPLAN_EXPECTS(outcome.figures.size() == study_.figures);
    HAPLAN_EXPECTS(outcome.holds.size() == study_.objectives);
    answers_.valid[i] = 1;
    for (std::size_t f = 0; f < study_.figures; ++f) {
      HAPLAN_EXPECTS(!std::isnan(outcome.figures[f]));
      answers_.figures[i * study_.figures + f] = outcome.figures[f];
    }
    for (std::size_t o = 0; o < study_.objectives; ++o)
      answers_.holds[i * study_.objectives + o] = outcome.holds[o] ? 1 : 0;
  }

  void failed(std::size_t i, const Error& error) {
    const std::lock_guard lock(mutex_);
    if (i >= first_failure_) return;
    first_failure_ = i;
    why_ = error;
  }

  const Study& study_;
  const Stop& stop_;
  std::size_t count_;
  const InputsOf& inputs_;
  Answers answers_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;  ///< of the members below and of the caller's Stop
  std::size_t first_failure_ = static_cast<std::size_t>(-1);
  std::optional<Error> why_;
};

}  // namespace

Result<Draws> evaluate_draws(const Study& study, const DrawOptions& options, std::size_t count,
                             const InputsOf& inputs) {
  HAPLAN_EXPECTS(options.threads >= 1 && study.evaluator);
  Runner runner(study, options.stop, count, inputs);
  const std::size_t blocks = (count + kBlock - 1) / kBlock;
  const std::size_t threads = std::clamp<std::size_t>(blocks, 1, options.threads);
  std::vector<Evaluator> evaluators;
  for (std::size_t t = 0; t < threads; ++t) evaluators.push_back(study.evaluator());
  in_parallel(threads, options.threads, [&](std::size_t t) { runner.run(evaluators[t]); });
  return runner.take();
}

}  // namespace haplan::model
