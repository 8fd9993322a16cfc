#include "planner/cli/terminal.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace haplan::planner::cli {

namespace {

constexpr const char* kRed = "\x1b[1;31m";
constexpr const char* kYellow = "\x1b[1;33m";
constexpr const char* kPlain = "\x1b[0m";

/// Puts `colour` around `length` characters at `at`.
std::string coloured(const std::string& line, std::size_t at, std::size_t length,
                     const char* colour) {
  return line.substr(0, at) + colour + line.substr(at, length) + kPlain + line.substr(at + length);
}

std::string painted_line(const std::string& line) {
  const std::size_t bar = line.find_first_not_of(' ');
  if (bar != std::string::npos && line[bar] == '|') {
    const std::size_t caret = line.find_first_not_of(' ', bar + 1);
    if (caret == std::string::npos || line[caret] != '^') return line;
    const std::size_t end = std::min(line.find_first_not_of('~', caret + 1), line.size());
    return coloured(line, caret, end - caret, kRed);
  }
  for (const auto& [word, colour] :
       {std::pair{": error[HA", kRed}, std::pair{": warning[HA", kYellow}}) {
    const std::size_t at = line.find(word);
    const std::size_t end = at == std::string::npos ? at : line.find(']', at);
    if (end != std::string::npos) return coloured(line, at + 2, end - at - 1, colour);
  }
  return line;
}

}  // namespace

std::string painted(const std::string& diagnostics) {
  std::string out;
  for (std::size_t start = 0; start < diagnostics.size();) {
    const std::size_t end = std::min(diagnostics.find('\n', start), diagnostics.size());
    out += painted_line(diagnostics.substr(start, end - start));
    if (end < diagnostics.size()) out += '\n';
    start = end + 1;
  }
  return out;
}

bool colour_on(int descriptor, std::optional<bool> told) {
  if (told) return *told;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color && *no_color) return false;
  const char* term = std::getenv("TERM");
  if (!term || std::string_view(term) == "dumb") return false;
  return ::isatty(descriptor) == 1;
}

int terminal_width() {
  constexpr int kDefault = 100;
  winsize size{};
  if (::isatty(STDOUT_FILENO) != 1 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
      size.ws_col == 0)
    return kDefault;
  return std::clamp<int>(size.ws_col, 60, 160);
}

void complain(const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(STDERR_FILENO, text.data() + done, text.size() - done);
    if (n <= 0) return;
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace haplan::planner::cli
