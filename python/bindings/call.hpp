#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <pybind11/pybind11.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// Long calculations beside the interpreter: without its lock, ended by Ctrl-C, with progress.
namespace haplan::python {

/// How far a calculation is.
struct News {
  std::string phase;
  double done = 0.0;  ///< in [0, 1]
  std::vector<std::pair<std::string, double>> values;
};

/// What a calculation sees of its caller. Safe from its own threads.
class Control {
 public:
  /// Whether to end with what is known.
  [[nodiscard]] bool stopped() const { return stop_; }
  void stop() { stop_ = true; }
  /// Nobody waits for the answer any more: it ends wherever it is (model/base/abandon.hpp).
  void abandon() { stop_ = abandoned_ = true; }
  [[nodiscard]] const std::atomic<bool>& abandoned() const { return abandoned_; }

  /// Replaces news that nobody has read yet.
  void report(News news);
  std::optional<News> take();

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<bool> abandoned_ = false;
  std::mutex mutex_;
  std::optional<News> news_;
};

/// A calculation in a thread of its own, which ends before what it works on: a derived class joins in its destructor.
class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  void start();
  /// Whether it has ended, waiting a little for it.
  bool wait();
  [[nodiscard]] bool ended();
  /// Joins, and throws what the calculation threw.
  void finish();
  /// Hands the caller an answer in part; false where there is none.
  virtual bool give_part() { return false; }

  Control control;

 protected:
  void join();

 private:
  virtual void work() = 0;

  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::exception_ptr thrown_;
};

enum class Interrupted {
  raises,  ///< KeyboardInterrupt; there is no answer in part
  waits,   ///< the same once the work has ended, which stands on what the caller owns
  keeps,   ///< the best so far is the answer, in part where the rest does not come soon
};

/// Runs the job to its end, with signals and progress looked after. The interpreter's lock is held on entry and exit.
///   job       moved from when it was abandoned because it did not answer an interrupt soon; it has given an answer in
///             part then
///   progress  None, or called with (phase, done, values) at most twenty times a second
///   throws    what the job threw; what a signal's handler or `progress` raised
void run(std::unique_ptr<Job>& job, const pybind11::object& progress, Interrupted interrupted);

/// Where a function puts an answer in part, which counts when an interrupt comes and the whole one is late.
template <class T>
class Part {
 public:
  void put(T value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
  }
  std::optional<T> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(value_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::optional<T> value_;
};

/// The value of a function that works without the interpreter's lock.
template <class T>
T call(std::function<T(Control&, Part<T>&)> function, const pybind11::object& progress,
       Interrupted interrupted) {
  struct Work : Job {
    std::function<T(Control&, Part<T>&)> function;
    Part<T> part;
    std::optional<T> value;
    std::optional<T>* given = nullptr;  ///< of the caller, who waits
    Work() = default;
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    ~Work() override { this->join(); }
    void work() override { value = function(control, part); }
    bool give_part() override {
      *given = part.take();
      return given->has_value();
    }
  };
  std::optional<T> given;
  auto work = std::make_unique<Work>();
  work->function = std::move(function);
  work->given = &given;
  Work& kept = *work;
  std::unique_ptr<Job> job = std::move(work);
  run(job, progress, interrupted);
  return given ? std::move(*given) : std::move(*kept.value);
}

template <class T>
T call(std::function<T(Control&)> function, const pybind11::object& progress = pybind11::none(),
       Interrupted interrupted = Interrupted::raises) {
  return call<T>(std::function<T(Control&, Part<T>&)>(
                     [function = std::move(function)](Control& control, Part<T>&) {
                       return function(control);
                     }),
                 progress, interrupted);
}

/// Waits for jobs that were abandoned; before the interpreter goes.
void end_all_jobs();

/// After fork: the threads are those of the parent.
void forget_jobs();

}  // namespace haplan::python
