#include "model/simulate/trace.hpp"

#include <string>

namespace haplan::model {

namespace {

std::string padded(long long value, std::size_t width, char fill) {
  std::string text = std::to_string(value);
  if (text.size() < width) text.insert(0, width - text.size(), fill);
  return text;
}

/// "12 d 03:04:05.6"
std::string clock_time(double seconds) {
  const auto tenths = static_cast<long long>(seconds * 10.0);
  const long long whole = tenths / 10;
  return padded(whole / 86400, 5, ' ') + " d " + padded(whole / 3600 % 24, 2, '0') + ":" +
         padded(whole / 60 % 60, 2, '0') + ":" + padded(whole % 60, 2, '0') + "." +
         std::to_string(tenths % 10);
}

}  // namespace

std::string trace_line(const TraceEvent& event) {
  std::string line = clock_time(event.time) + "  " + event.entity + " " + event.what;
  if (!event.effect.empty()) line += "; " + event.effect;
  for (const std::string& service : event.down) line += "; " + service + " GOES DOWN";
  for (const std::string& service : event.up) line += "; " + service + " is up again";
  return line;
}

}  // namespace haplan::model
