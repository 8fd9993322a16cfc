#include "planner/cli/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/signals.hpp"
#include "planner/cli/terminal.hpp"

namespace haplan::planner::cli {

namespace {

std::string failure(const char* action, const std::string& path, int error) {
  return std::string("cannot ") + action + " \"" + printable(path) + "\": " + std::strerror(error);
}

/// Writes all bytes; errno of the first failure, or 0. EINTR: a signal that came meanwhile; whoever
/// sends it does not want to wait for a reader.
int write_all(int descriptor, const std::string& text) {
  const int signals = signals_received();
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(descriptor, text.data() + done, text.size() - done);
    if (n < 0) {
      if (errno == EINTR && signals_received() == signals) continue;
      return errno;
    }
    done += static_cast<std::size_t>(n);
  }
  return 0;
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// The file behind a symbolic link, so that a rename replaces the file and not the link.
std::string resolved(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  if (!real) return path;
  const std::string out = real;
  std::free(real);
  return out;
}

enum class Place { absent, regular, directory, other };

Place place_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return Place::absent;
  if (S_ISREG(status.st_mode)) return Place::regular;
  return S_ISDIR(status.st_mode) ? Place::directory : Place::other;
}

mode_t mode_for(const std::string& target) {
  struct stat status{};
  if (::stat(target.c_str(), &status) == 0) return status.st_mode & 07777;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

void sync_directory(const std::string& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // the data is safe; a file system without directory sync is no error
  ::fsync(descriptor);
  ::close(descriptor);
}

std::optional<std::string> write_in_place(const std::string& target, const std::string& text) {
  const int descriptor = ::open(target.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return failure("write", target, errno);
  int error = write_all(descriptor, text);
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error != 0) return failure("write", target, error);
  return std::nullopt;
}

}  // namespace

Content read_input(const std::string& path, std::size_t limit) {
  const bool standard = path == "-";
  const int descriptor = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {{}, failure("read", path, errno)};
  Content content;
  char buffer[1 << 16];
  while (content.text.size() <= limit) {
    const ssize_t n = ::read(descriptor, buffer, sizeof buffer);
    if (n == 0) break;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      content.failure = failure("read", standard ? "<stdin>" : path, errno);
      break;
    }
    content.text.append(buffer, static_cast<std::size_t>(n));
  }
  if (!standard) ::close(descriptor);
  return content;
}

int show(const std::string& text, int exit_code) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == 0) return exit_code;
  if (error == EPIPE) return static_cast<int>(ExitCode::unread);
  if (error == EINTR) return signal_exit_code();
  complain(std::string("haplan: cannot write to stdout: ") + std::strerror(error) + "\n");
  return static_cast<int>(ExitCode::failed);
}

Publication::~Publication() {
  if (open_ >= 0) ::close(open_);
  for (const Staged& one : staged_)
    if (!one.temporary.empty()) ::unlink(one.temporary.c_str());
  // Deepest first; a directory that someone has filled meanwhile stays.
  for (auto directory = directories_.rbegin(); directory != directories_.rend(); ++directory)
    ::rmdir(directory->c_str());
}

std::optional<std::string> Publication::stage(const std::string& path, const std::string& text) {
  if (auto failed = begin(path)) return failed;
  auto failed = append(text);
  auto unended = end();
  return failed ? failed : unended;
}

std::optional<std::string> Publication::begin(const std::string& path) {
  path_ = path;
  const std::string target = resolved(path);
  const Place place = place_of(target);
  if (place == Place::directory) return failure("write", path, EISDIR);
  if (place == Place::other) {
    staged_.push_back({{}, target, {}});
    return std::nullopt;
  }
  const std::size_t slash = target.rfind('/');
  const std::string name = slash == std::string::npos ? target : target.substr(slash + 1);
  std::string temporary = parent_of(target) + "/." + name.substr(0, 200) + ".XXXXXX";
  open_ = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (open_ < 0) return failure("write", path, errno);
  staged_.push_back({temporary, target, {}});
  return std::nullopt;
}

std::optional<std::string> Publication::append(const std::string& text) {
  if (open_ < 0) {
    staged_.back().text += text;
    return std::nullopt;
  }
  const int error = write_all(open_, text);
  if (error != 0) return failure("write", path_, error);
  return std::nullopt;
}

std::optional<std::string> Publication::end() {
  if (open_ < 0) return std::nullopt;
  int error = 0;
  if (::fchmod(open_, mode_for(staged_.back().target)) != 0) error = errno;
  if (error == 0 && ::fsync(open_) != 0) error = errno;
  if (::close(std::exchange(open_, -1)) != 0 && error == 0) error = errno;
  if (error != 0) return failure("write", path_, error);
  return std::nullopt;
}

std::optional<std::string> Publication::stage_directory(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (!part.empty() && part.back() != '/') {
      if (::mkdir(part.c_str(), 0777) == 0)
        directories_.push_back(part);
      else if (errno != EEXIST)
        return failure("create", part, errno);
    }
    if (end == std::string::npos) break;
  }
  if (place_of(path) != Place::directory) return failure("write into", path, ENOTDIR);
  return std::nullopt;
}

std::optional<std::string> Publication::commit() {
  // What is written in place can fail halfway, a rename cannot: so it goes first.
  for (const Staged& one : staged_)
    if (one.temporary.empty())
      if (auto failed = write_in_place(one.target, one.text)) return failed;
  for (Staged& one : staged_) {
    if (one.temporary.empty()) continue;
    if (::rename(one.temporary.c_str(), one.target.c_str()) != 0)
      return failure("write", one.target, errno);
    one.temporary.clear();
    sync_directory(parent_of(one.target));
  }
  directories_.clear();
  staged_.clear();
  return std::nullopt;
}

std::optional<std::string> check_writable(const std::string& path) {
  const std::string target = resolved(path);
  switch (place_of(target)) {
    case Place::directory: return failure("write", path, EISDIR);
    case Place::other: break;
    case Place::regular:
    case Place::absent: {
      const std::string parent = parent_of(target);
      if (place_of(parent) == Place::absent) return failure("write", path, ENOENT);
      if (place_of(parent) != Place::directory) return failure("write", path, ENOTDIR);
      if (::access(parent.c_str(), W_OK | X_OK) != 0) return failure("write", path, errno);
    }
  }
  return std::nullopt;
}

std::optional<std::string> check_directory_writable(const std::string& path) {
  std::string there = path;
  while (there.size() > 1 && (there.back() == '/' || place_of(there) == Place::absent))
    there = there.back() == '/' ? there.substr(0, there.size() - 1) : parent_of(there);
  if (place_of(there) != Place::directory)
    return failure("write into", path, place_of(there) == Place::absent ? ENOENT : ENOTDIR);
  if (::access(there.c_str(), W_OK | X_OK) != 0) return failure("write into", path, errno);
  return std::nullopt;
}

}  // namespace haplan::planner::cli
