#include "solver/run.hpp"

namespace haplan::solver {

Run::Run(const SolveOptions& options)
    : work_limit_(options.work_limit),
      time_limit_(options.time_limit),
      interrupted_(options.interrupted),
      start_(std::chrono::steady_clock::now()) {}

void Run::charge(std::size_t units) {
  units_ += units;
  if (!over() && work_limit_ > 0 && units_ > work_limit_) stop_ = Stop::work_limit;
}

void Run::poll() {
  if (over()) return;
  if (time_limit_ > 0.0) {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
    if (spent.count() > time_limit_) stop_ = Stop::time_limit;
  }
  if (interrupted_ && interrupted_()) stop_ = Stop::interrupted;
}

void Run::explain() {
  if (explaining_) return;
  explaining_ = true;
  if (work_limit_ > 0) work_limit_ += units_;
}

model::Stop Run::asking() {
  return [this](double operations) {
    charge(units_of(operations));
    poll();
    return over();
  };
}

bool is_over(const SolveOptions& options) {
  if (options.run == nullptr) return false;
  options.run->poll();
  return options.run->over();
}

}  // namespace haplan::solver
