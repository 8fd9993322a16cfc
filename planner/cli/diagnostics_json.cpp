#include "planner/cli/diagnostics_json.hpp"

namespace haplan::planner::cli {

namespace {

constexpr char kHex[] = "0123456789abcdef";

std::string json_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += std::string("\\u00") + kHex[byte >> 4] + kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::string printable(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // C1 controls are two bytes in UTF-8: c2 80 to c2 9f.
    const bool c1 = byte == 0xc2 && i + 1 < text.size() &&
                    static_cast<unsigned char>(text[i + 1]) < 0xa0 &&
                    static_cast<unsigned char>(text[i + 1]) >= 0x80;
    if (byte < 0x20 || byte == 0x7f || c1) {
      const unsigned char shown = c1 ? static_cast<unsigned char>(text[++i]) : byte;
      out += std::string("\\x") + kHex[shown >> 4] + kHex[shown & 15];
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string diagnostics_json(const Diagnostics& diagnostics) {
  std::string out = "{\n  \"apiVersion\": \"haplan.dev/v1alpha1\",\n  \"diagnostics\": [";
  bool first = true;
  for (const Diagnostic& one : diagnostics) {
    out += first ? "\n" : ",\n";
    first = false;
    out += "    {\"code\": " + json_string(one.code) +
           ", \"column\": " + std::to_string(one.where.column) +
           ", \"file\": " + json_string(one.where.file) +
           ", \"length\": " + std::to_string(one.where.length) +
           ", \"line\": " + std::to_string(one.where.line) +
           ", \"message\": " + json_string(one.message) + ", \"notes\": [";
    for (std::size_t i = 0; i < one.notes.size(); ++i)
      out += (i ? ", " : "") + json_string(one.notes[i]);
    out += "], \"severity\": ";
    out += one.severity == Severity::error ? "\"error\"" : "\"warning\"";
    out += ", \"suggestion\": " + json_string(one.suggestion) + "}";
  }
  out += first ? "],\n" : "\n  ],\n";
  out += "  \"formatVersion\": \"1.0\",\n  \"kind\": \"Diagnostics\",\n  \"valid\": ";
  return out + (has_errors(diagnostics) ? "false" : "true") + "\n}\n";
}

}  // namespace haplan::planner::cli
