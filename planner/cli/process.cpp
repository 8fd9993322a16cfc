#include "planner/cli/process.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace haplan::planner::cli {

namespace {

/// A file without a name, for output of any length.
int scratch() {
  const char* folder = std::getenv("TMPDIR");
  std::string name =
      std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/haplan.XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0) ::unlink(name.c_str());
  return descriptor;
}

std::string content_of(int descriptor) {
  std::string text;
  std::array<char, 1 << 16> buffer{};
  ::lseek(descriptor, 0, SEEK_SET);
  for (;;) {
    const ssize_t n = ::read(descriptor, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

/// In the child; never returns.
[[noreturn]] void become(std::vector<char*>& words, int out, int err) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execvp(words.front(), words.data());
  ::_exit(127);
}

}  // namespace

std::optional<Finished> run_program(const std::vector<std::string>& command) {
  std::vector<std::string> copy = command;
  std::vector<char*> words;
  words.reserve(copy.size() + 1);
  for (std::string& word : copy) words.push_back(word.data());
  words.push_back(nullptr);
  const int out = scratch();
  const int err = scratch();
  std::optional<Finished> finished;
  const pid_t child = out < 0 || err < 0 ? -1 : ::fork();
  if (child == 0) become(words, out, err);
  if (child > 0) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code != 127) finished = Finished{code, content_of(out), content_of(err)};
  }
  if (out >= 0) ::close(out);
  if (err >= 0) ::close(err);
  return finished;
}

}  // namespace haplan::planner::cli
