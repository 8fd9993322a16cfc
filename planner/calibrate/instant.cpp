#include "planner/calibrate/instant.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

namespace haplan::planner {

namespace {

constexpr double kDay = 86400.0;
constexpr double kLeast = 1e8;  // in 1973: below it "20240301" would be seconds
constexpr double kMost = 1e11;  // in 5138: from here on it is milliseconds of today

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What is left of a text that is read from the front.
class Reader {
 public:
  explicit Reader(std::string text) : text_(std::move(text)) {}

  /// The number of exactly so many digits, or nothing (and nothing is taken).
  std::optional<int> digits(std::size_t count) {
    if (at_ + count > text_.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text_[at_ + i])) return std::nullopt;
      value = value * 10 + (text_[at_ + i] - '0');
    }
    at_ += count;
    return value;
  }
  bool take(const std::string& one_of) {
    if (at_ == text_.size() || one_of.find(text_[at_]) == std::string::npos) return false;
    ++at_;
    return true;
  }
  /// The digits that follow, as a fraction: "25" is 0.25.
  double fraction() {
    double value = 0.0;
    double unit = 0.1;
    for (; at_ < text_.size() && is_digit(text_[at_]); ++at_, unit /= 10.0)
      value += unit * (text_[at_] - '0');
    return value;
  }
  bool take_word(const std::string& word) {
    if (text_.compare(at_, word.size(), word) != 0) return false;
    at_ += word.size();
    return true;
  }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char next() const { return at_end() ? '\0' : text_[at_]; }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Misread misread(const std::string& text, std::string suggestion) {
  return {"\"" + text + "\" is not a time", std::move(suggestion)};
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos;
}

Reading<Instant> epoch(const std::string& text) {
  double seconds = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
  if (error != std::errc{} || stop != end)
    return tl::make_unexpected(misread(text, "as 2024-03-01T12:34:56Z, or seconds since 1970"));
  if (seconds >= kMost)
    return tl::make_unexpected(misread(text, "are these milliseconds? write seconds since 1970"));
  if (seconds < kLeast) {
    const bool date = text.size() == 8 && text.find('.') == std::string::npos;
    const std::string dashed =
        date ? text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6) : "2024-03-01";
    return tl::make_unexpected(misread(text, "as a date it is written " + dashed));
  }
  return Instant{seconds, text.find('.') == std::string::npos ? 1.0 : 0.001, true};
}

/// Offset from UTC [s]; nothing when it is none. Sets `zoned`.
std::optional<double> zone(Reader& reader, bool& zoned) {
  reader.take(" ");
  zoned = true;
  if (reader.take("Zz") || reader.take_word("UTC") || reader.take_word("GMT")) return 0.0;
  const char sign = reader.next();
  if (!reader.take("+-")) {
    zoned = false;
    return 0.0;
  }
  const auto hours = reader.digits(2);
  if (!hours || *hours > 18) return std::nullopt;
  const bool colon = reader.take(":");
  const auto minutes = reader.digits(2);
  if ((colon && !minutes) || minutes.value_or(0) > 59) return std::nullopt;
  const double offset = 3600.0 * *hours + 60.0 * minutes.value_or(0);
  return sign == '-' ? -offset : offset;
}

/// Adds the time of day; false when it is none.
bool time_of_day(Reader& reader, Instant& result) {
  const auto hours = reader.digits(2);
  const bool colons = reader.take(":");
  const auto minutes = reader.digits(2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return false;
  result.seconds += 3600.0 * *hours + 60.0 * *minutes;
  result.resolution = 60.0;
  if (colons ? reader.take(":") : is_digit(reader.next())) {
    const auto seconds = reader.digits(2);
    if (!seconds || *seconds > 60) return false;  // 60 is a leap second: the next one begins
    result.seconds += *seconds;
    result.resolution = 1.0;
    if (reader.take(".,")) {
      if (!is_digit(reader.next())) return false;
      result.seconds += reader.fraction();
      result.resolution = 0.001;
    }
  }
  const auto offset = zone(reader, result.zoned);
  if (!offset) return false;
  result.seconds -= *offset;
  return true;
}

}  // namespace

Reading<Instant> instant(const std::string& given) {
  const std::string text = trimmed(given);
  if (is_number(text)) return epoch(text);
  Reader reader(text);
  const std::string form = "as 2024-03-01T12:34:56Z, or seconds since 1970";
  const auto year = reader.digits(4);
  const bool dashes = reader.take("-");
  const auto month = reader.digits(2);
  if (!year || !month || (dashes && !reader.take("-")))
    return tl::make_unexpected(misread(text, form));
  const auto day = reader.digits(2);
  if (!day) return tl::make_unexpected(misread(text, form));
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return tl::make_unexpected(misread(text, "the calendar has no such day"));
  Instant result;
  result.seconds =
      kDay * static_cast<double>(std::chrono::sys_days{date}.time_since_epoch().count());
  result.resolution = kDay;
  result.zoned = false;
  if (!reader.at_end() && (!reader.take("Tt ") || !time_of_day(reader, result)))
    return tl::make_unexpected(misread(text, form));
  if (!reader.at_end()) return tl::make_unexpected(misread(text, form));
  if (result.seconds < kLeast || result.seconds >= kMost)
    return tl::make_unexpected(misread(text, "from 1974 on"));
  return result;
}

std::string instant_text(double seconds) {
  const double whole = std::floor(seconds);
  const auto days = static_cast<std::int64_t>(std::floor(whole / kDay));
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  const auto padded = [](long long value, std::size_t width) {
    std::string text = std::to_string(value);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
  };
  std::string text = padded(static_cast<int>(date.year()), 4) + "-" +
                     padded(static_cast<unsigned>(date.month()), 2) + "-" +
                     padded(static_cast<unsigned>(date.day()), 2);
  const auto second = static_cast<long long>(whole - kDay * static_cast<double>(days));
  const auto millis = static_cast<long long>(std::floor((seconds - whole) * 1000.0 + 0.5));
  if (second == 0 && millis == 0) return text;
  text += "T" + padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" +
          padded(second % 60, 2);
  if (millis > 0 && millis < 1000) text += "." + padded(millis, 3);
  return text + "Z";
}

}  // namespace haplan::planner
