#pragma once

#include <optional>
#include <string>
#include <vector>

/// Reading and writing with every error looked at. Failures are one sentence for the user.
namespace haplan::planner::cli {

struct Content {
  std::string text;
  std::optional<std::string> failure;
};

/// A file's bytes, or those of stdin for "-". Reading stops soon after `limit` bytes: what is
/// larger is refused by whoever parses it.
Content read_input(const std::string& path, std::size_t limit);

/// Writes to stdout.
///   returns   `exit_code`; after a failure that of the failure, told on stderr. When nobody reads on
///             or a signal ends the waiting for a reader, nothing is told.
int show(const std::string& text, int exit_code);

/// Files that appear together, by rename, or not at all.
///
/// Invariant: whatever `stage` created (temporary files, directories) is either committed or
/// removed by the destructor.
class Publication {
 public:
  Publication() = default;
  Publication(const Publication&) = delete;
  Publication& operator=(const Publication&) = delete;
  ~Publication();

  /// Begins a temporary file beside `path`, to be written piece by piece. One at a time.
  std::optional<std::string> begin(const std::string& path);
  std::optional<std::string> append(const std::string& text);
  std::optional<std::string> end();

  /// Writes a temporary file beside `path` and syncs it. Devices and pipes are written at `commit`.
  std::optional<std::string> stage(const std::string& path, const std::string& text);

  /// Creates a directory and its parents where absent.
  std::optional<std::string> stage_directory(const std::string& path);

  /// Renames every temporary file to its name.
  std::optional<std::string> commit();

 private:
  struct Staged {
    std::string temporary;  ///< empty: written in place
    std::string target;
    std::string text;  ///< only when written in place
  };
  std::vector<Staged> staged_;
  int open_ = -1;     ///< descriptor of what was begun; none: it is written in place
  std::string path_;  ///< of what was begun, as it was asked for
  std::vector<std::string> directories_;
};

/// Whether a directory exists and can be written at `path`, or could be created there.
std::optional<std::string> check_directory_writable(const std::string& path);

/// Whether a file could be created at `path`: says early what would fail after a long computation.
std::optional<std::string> check_writable(const std::string& path);

}  // namespace haplan::planner::cli
