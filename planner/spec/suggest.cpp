#include "planner/spec/suggest.hpp"

#include <algorithm>

namespace haplan::planner {

namespace {

constexpr std::size_t kLongest = 64;  // nothing longer is a misspelt word of ours
constexpr std::size_t kListed = 8;

std::string folded(const std::string& word) {
  std::string result;
  for (const char c : word)
    if (c != '_' && c != '-' && c != ' ')
      result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

/// Damerau-Levenshtein distance, adjacent swaps of characters not edited again.
std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

}  // namespace

std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kLongest) return {};
  const std::string plain = folded(word);
  std::string best;
  // A word cut short ("primary") is nearer than edits can tell, when only one candidate begins with
  // it.
  std::size_t continued = 0;
  for (const std::string& candidate : candidates)
    if (plain.size() >= 3 && folded(candidate).rfind(plain, 0) == 0 && ++continued == 1)
      best = candidate;
  if (continued != 1) best.clear();
  std::size_t fewest = std::max<std::size_t>(1, plain.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::string other = folded(candidate);
    if (other == plain) return candidate;
    const std::size_t distance = other.size() > kLongest ? fewest : edits(plain, other);
    if (distance < fewest) {
      fewest = distance;
      best = candidate;
    }
  }
  return best;
}

std::string suggest_word(const std::string& word, const std::vector<std::string>& candidates) {
  if (const std::string near = nearest_word(word, candidates); !near.empty())
    return "did you mean \"" + near + "\"?";
  if (candidates.empty()) return "there is none to choose from";
  std::string list = candidates.size() == 1 ? "the only one is " : "one of ";
  for (std::size_t i = 0; i < candidates.size() && i < kListed; ++i)
    list += (i ? ", " : "") + candidates[i];
  return list + (candidates.size() > kListed ? ", ..." : "");
}

}  // namespace haplan::planner
