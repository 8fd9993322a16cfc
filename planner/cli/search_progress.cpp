#include "planner/cli/search_progress.hpp"

#include <cmath>

#include "planner/cli/terminal.hpp"

namespace haplan::planner::cli {

namespace {

const char* name_of(solver::SearchProgress::Phase phase) {
  using Phase = solver::SearchProgress::Phase;
  switch (phase) {
    case Phase::proof: return "proof";
    case Phase::plan: return "plan";
    case Phase::placement: return "placement";
    case Phase::explanation: return "explanation";
  }
  return "proof";
}

/// A share with three decimals, whatever the locale.
std::string share_text(double share) {
  constexpr int kThousand = 1000;
  const auto thousandths = static_cast<int>(std::floor(share * kThousand));
  if (thousandths >= kThousand) return "1";
  const std::string digits = std::to_string(kThousand + thousandths);
  return "0." + digits.substr(1);
}

}  // namespace

SearchTeller::SearchTeller(ProgressFormat format) : format_(format) {
  if (format_ == ProgressFormat::bar) bar_.emplace();
  if (format_ == ProgressFormat::json)
    complain(R"({"apiVersion":"haplan.dev/v1alpha1","formatVersion":"1.0","kind":"Progress"})"
             "\n");
}

void SearchTeller::tell(const solver::SearchProgress& progress) {
  phase_ = name_of(progress.phase);
  incumbent_ = progress.incumbent;
  bound_ = progress.bound;
  done_ = progress.done;
  write();
}

void SearchTeller::enter(const std::string& phase) {
  phase_ = phase;
  write();
}

void SearchTeller::searched(const solver::Outcome& outcome) {
  incumbent_.reset();
  if (outcome.has_plan) incumbent_ = outcome.criteria.peak_replicas;
  bound_ = static_cast<int>(outcome.bound_peak_replicas);
  enter("figures");
}

void SearchTeller::end() {
  bar_.reset();
  done_ = 1.0;
  if (format_ == ProgressFormat::json) enter("done");
}

void SearchTeller::write() {
  if (format_ == ProgressFormat::json)
    complain("{\"bound\":" + std::to_string(bound_) + ",\"done\":" + share_text(done_) +
             ",\"incumbent\":" + (incumbent_ ? std::to_string(*incumbent_) : "null") +
             ",\"phase\":\"" + phase_ + "\"}\n");
  if (bar_)
    bar_->show(done_, phase_ + ": " +
                          (incumbent_ ? "a plan of " + std::to_string(*incumbent_) + " replicas"
                                      : std::string("no plan yet")) +
                          ", fewer than " + std::to_string(bound_) + " excluded");
}

}  // namespace haplan::planner::cli
