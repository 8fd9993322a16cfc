#pragma once

#include <functional>
#include <string>
#include <vector>

namespace haplan::model {

/// One event of one path, in words.
struct TraceEvent {
  double time = 0.0;              ///< [s] since the start of the path
  std::string entity;             ///< "api[2] on worker-3", "node worker-1", "level peak"
  std::string what;               ///< "fails (crash), out for 5.3 s"
  std::string effect;             ///< "api 9 of 10 serve, needs 8", or empty
  std::vector<std::string> down;  ///< services that it takes down
  std::vector<std::string> up;    ///< services that it brings back
};

using TraceSink = std::function<void(const TraceEvent&)>;

/// "12 d 03:04:05.6  api[2] on worker-3  fails ...": one line without its end.
std::string trace_line(const TraceEvent& event);

}  // namespace haplan::model
