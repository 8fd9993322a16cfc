#include "planner/yaml/guard.hpp"

#include <algorithm>
#include <string_view>

#include "planner/yaml/locator.hpp"

namespace haplan::planner::yaml {

namespace {

constexpr std::size_t kNone = std::string::npos;

/// More indicators than this for each permitted element are no spec: "{a: [b, c]}," has 7 for 4.
constexpr std::size_t kIndicatorsPerNode = 4;

/// Length of the well-formed UTF-8 sequence at `i`, or 0. Overlong forms and surrogates are not
/// well-formed.
std::size_t sequence_at(const std::string& text, std::size_t i) {
  const auto byte = [&](std::size_t k) {
    return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  for (std::size_t k = 1; k < length; ++k)
    if ((byte(k) & 0xC0) != 0x80) return 0;
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xED && byte(1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

/// First byte that is not text, or kNone: control characters (the parser takes 0x04 for the end)
/// and broken UTF-8.
std::size_t first_non_text(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == 0x7F || (c < 0x20 && c != '\t' && c != '\n' && c != '\r')) return i;
    const std::size_t length = sequence_at(text, i);
    if (length == 0) return i;
    const bool is_c1_control = c == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0 &&
                               static_cast<unsigned char>(text[i + 1]) != 0x85;
    if (is_c1_control) return i;
    i += length;
  }
  return kNone;
}

/// Upper bound of the tokens that the scanner may hold at once: every token has an indicator or a
/// line of its own.
std::size_t indicators(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return std::string_view("[]{},:&*!?").find(c) != std::string_view::npos;
  }));
}

Diagnostic refusal(const char* code, std::string message, SourceRef where, std::string suggestion) {
  return {Severity::error, code, std::move(message), std::move(where), std::move(suggestion), {}};
}

}  // namespace

std::optional<Diagnostic> unfit(const std::string& name, const std::string& text,
                                const Limits& limits) {
  const SourceRef start{name, 1, 1, 1};
  if (text.size() > limits.bytes)
    return refusal("HA009", "the text is larger than " + std::to_string(limits.bytes >> 20) + " MB",
                   start, "a spec describes a system, not its data");
  if (const std::size_t at = first_non_text(text); at != kNone)
    return refusal("HA008", "not a text in UTF-8", Locator(name, text).at(at),
                   "save the file as plain text in UTF-8");
  if (indicators(text) > kIndicatorsPerNode * limits.nodes)
    return refusal("HA011", "more than " + std::to_string(limits.nodes) + " elements", start,
                   "a spec describes a system, not its data");
  return std::nullopt;
}

}  // namespace haplan::planner::yaml
