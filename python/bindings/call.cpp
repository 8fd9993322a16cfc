#include "python/bindings/call.hpp"

#include <chrono>

#include "model/base/abandon.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kGlance = std::chrono::milliseconds(50);   // between looks at signals and news
constexpr auto kAnswer = std::chrono::milliseconds(350);  // within which an interrupt is answered

/// Jobs whose answer nobody waits for any more, as they end.
struct LeftAlone {
  std::mutex mutex;
  std::vector<std::unique_ptr<Job>> jobs;
};

LeftAlone& left_alone() {
  static auto* const kept = new LeftAlone;  // outlives every thread
  return *kept;
}

void leave(std::unique_ptr<Job> job) {
  job->control.abandon();
  LeftAlone& left = left_alone();
  const std::lock_guard lock(left.mutex);
  left.jobs.push_back(std::move(job));
}

void forget_ended() {
  LeftAlone& left = left_alone();
  const std::lock_guard lock(left.mutex);
  std::erase_if(left.jobs, [](const std::unique_ptr<Job>& job) { return job->ended(); });
}

void tell(const py::object& progress, const std::optional<News>& news) {
  if (!news || progress.is_none()) return;
  py::dict values;
  for (const auto& [name, value] : news->values) values[py::str(name)] = value;
  progress(news->phase, news->done, values);
}

/// What was raised while a job was running, at most once.
class Raised {
 public:
  /// Looks after signals and news; the lock is held.
  void look(Control& control, const py::object& progress) {
    try {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      tell(progress, control.take());
    } catch (py::error_already_set& error) {
      error_.emplace(std::move(error));
      by_ = Clock::now() + kAnswer;
      control.stop();
    }
  }

  [[nodiscard]] bool any() const { return error_.has_value(); }
  [[nodiscard]] bool late() const { return error_ && Clock::now() > by_; }
  [[nodiscard]] bool by_keyboard() const { return error_->matches(PyExc_KeyboardInterrupt); }
  [[noreturn]] void raise() { throw std::move(*error_); }

 private:
  std::optional<py::error_already_set> error_;
  Clock::time_point by_;
};

}  // namespace

void Control::report(News news) {
  const std::lock_guard lock(mutex_);
  news_ = std::move(news);
}

std::optional<News> Control::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(news_, std::nullopt);
}

void Job::join() {
  if (thread_.joinable()) thread_.join();
}

void Job::start() {
  thread_ = std::thread([this] {
    const model::Abandonable abandonable(&control.abandoned());
    try {
      work();
    } catch (...) {
      thrown_ = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  });
}

bool Job::wait() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kGlance, [this] { return ended_; });
}

bool Job::ended() {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void Job::finish() {
  join();
  if (thrown_) std::rethrow_exception(thrown_);
}

void run(std::unique_ptr<Job>& job, const py::object& progress, Interrupted interrupted) {
  forget_ended();
  Raised raised;
  job->start();
  for (bool ended = false; !ended;) {
    {
      const py::gil_scoped_release unlocked;
      ended = job->wait();
    }
    if (!raised.any()) raised.look(job->control, progress);
    const bool in_part = interrupted == Interrupted::keeps && raised.any() && raised.by_keyboard();
    if (raised.any() && !in_part) job->control.abandon();
    if (!ended && raised.late() && interrupted != Interrupted::waits) {
      const bool answered = in_part && job->give_part();
      leave(std::move(job));
      if (answered) return;
      raised.raise();
    }
  }
  if (raised.any() && (interrupted != Interrupted::keeps || !raised.by_keyboard())) {
    const py::gil_scoped_release unlocked;
    job.reset();
  }
  if (!job) raised.raise();
  job->finish();
}

void end_all_jobs() {
  LeftAlone& left = left_alone();
  std::vector<std::unique_ptr<Job>> jobs;
  {
    const std::lock_guard lock(left.mutex);
    jobs.swap(left.jobs);
  }
  const py::gil_scoped_release unlocked;
  jobs.clear();
}

void forget_jobs() {
  new (&left_alone()) LeftAlone;  // NOLINT: what it held belongs to threads that do not exist here
}

}  // namespace haplan::python
