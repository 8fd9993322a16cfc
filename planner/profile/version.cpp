#include <algorithm>
#include <charconv>
#include <sstream>

#include "planner/profile/profile.hpp"

/// Chart versions and ranges of them; see profile.hpp.
namespace haplan::planner {
namespace {

struct Version {
  std::vector<int> numbers;  ///< without zeros at the end
  std::string before;        ///< what follows a dash: before the release itself
};

std::optional<Version> parsed(std::string text) {
  if (!text.empty() && text.front() == 'v') text.erase(0, 1);
  text = text.substr(0, text.find('+'));
  Version version;
  const auto dash = text.find('-');
  if (dash != std::string::npos) version.before = text.substr(dash + 1);
  std::istringstream pieces(text.substr(0, dash));
  std::string piece;
  while (std::getline(pieces, piece, '.')) {
    int number = 0;
    const auto [end, fault] = std::from_chars(piece.data(), piece.data() + piece.size(), number);
    if (fault != std::errc{} || end != piece.data() + piece.size()) return std::nullopt;
    version.numbers.push_back(number);
  }
  if (version.numbers.empty()) return std::nullopt;
  while (!version.numbers.empty() && version.numbers.back() == 0) version.numbers.pop_back();
  return version;
}

/// Negative, zero or positive as a is before, at or behind b.
int compared(const Version& a, const Version& b) {
  if (a.numbers != b.numbers)
    return std::lexicographical_compare(a.numbers.begin(), a.numbers.end(), b.numbers.begin(),
                                        b.numbers.end())
               ? -1
               : 1;
  if (a.before.empty() != b.before.empty()) return a.before.empty() ? 1 : -1;
  return a.before.compare(b.before);
}

bool holds(const std::string& comparison, int order) {
  if (comparison == ">=") return order >= 0;
  if (comparison == ">") return order > 0;
  if (comparison == "<=") return order <= 0;
  if (comparison == "<") return order < 0;
  return order == 0;
}

}  // namespace

std::optional<bool> version_in(const std::string& version, const std::string& range) {
  const auto asked = parsed(version);
  if (!asked) return std::nullopt;
  std::istringstream words(range);
  std::string word;
  bool in = true;
  bool any = false;
  while (words >> word) {
    const auto digits = word.find_first_not_of("<>=");
    if (digits > 2) return std::nullopt;  // no version follows, or no comparison stands there
    const auto comparison = word.substr(0, digits);
    const auto end = parsed(word.substr(digits));
    if (!end || comparison == "==" || comparison == "<>" || comparison == "><") return std::nullopt;
    in = in && holds(comparison, compared(*asked, *end));
    any = true;
  }
  if (!any) return std::nullopt;
  return in;
}

}  // namespace haplan::planner
