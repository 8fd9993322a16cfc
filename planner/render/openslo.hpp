#pragma once

#include <string>
#include <vector>

namespace haplan::planner {

/// What an objective is measured by.
struct Indicator {
  std::string service;
  std::string objective;  ///< availability or errorRate
  std::string host;       ///< errorRate: of the requests
  double budget = 0.0;    ///< share that may fail
  double window = 0.0;    ///< [s]
};

/// The share of failures over a window ("5m"), in PromQL.
std::string error_ratio(const Indicator& sli, const std::string& window);

/// OpenSLO v1 documents: a Service for each service, an SLO for each indicator, and the conditions
/// of its burn rates.
///   source  the OpenSLO specification, https://github.com/OpenSLO/OpenSLO
std::string openslo_documents(const std::vector<Indicator>& indicators);

/// A name that Kubernetes and OpenSLO take (RFC 1123, at most 50 characters), made of any text.
std::string object_name(const std::string& text);

/// At most twelve significant digits, as few as tell the number.
std::string shortest(double value);

}  // namespace haplan::planner
