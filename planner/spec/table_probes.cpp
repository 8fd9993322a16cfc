#include "planner/spec/table.hpp"

namespace haplan::planner::table {

namespace {

/// Rows of a probe, with paths under it.
const std::vector<Field>& probe_rows() {
  static const std::vector<Field> rows = {
      {.path = "httpGet", .type = Type::map, .doc = "Handler: an HTTP request"},
      {.path = "httpGet.path", .type = Type::text, .doc = "Path of the request"},
      {.path = "httpGet.port",
       .type = Type::port,
       .doc = "Port, by number or name",
       .required = true},
      {.path = "httpGet.host", .type = Type::text, .doc = "Host, by default the pod's address"},
      {.path = "httpGet.scheme", .type = Type::word, .doc = "Scheme", .words = "HTTP HTTPS"},
      {.path = "httpGet.httpHeaders", .type = Type::list, .doc = "Headers"},
      {.path = "httpGet.httpHeaders[]", .type = Type::map, .doc = "One header"},
      {.path = "httpGet.httpHeaders[].name", .type = Type::text, .doc = "Its name"},
      {.path = "httpGet.httpHeaders[].value", .type = Type::text, .doc = "Its value"},
      {.path = "tcpSocket", .type = Type::map, .doc = "Handler: a connection"},
      {.path = "tcpSocket.port",
       .type = Type::port,
       .doc = "Port, by number or name",
       .required = true},
      {.path = "tcpSocket.host", .type = Type::text, .doc = "Host, by default the pod's address"},
      {.path = "exec", .type = Type::map, .doc = "Handler: a command in the container"},
      {.path = "exec.command", .type = Type::list, .doc = "The command"},
      {.path = "exec.command[]", .type = Type::text, .doc = "One word of it"},
      {.path = "grpc", .type = Type::map, .doc = "Handler: the gRPC health check"},
      {.path = "grpc.port", .type = Type::integer, .doc = "Port", .required = true},
      {.path = "grpc.service", .type = Type::text, .doc = "Service asked for"},
      {.path = "initialDelaySeconds",
       .type = Type::integer,
       .doc = "Before the first check",
       .fallback = "0",
       .decision = true},
      {.path = "periodSeconds",
       .type = Type::integer,
       .doc = "Between two checks",
       .fallback = "10",
       .decision = true},
      {.path = "timeoutSeconds",
       .type = Type::integer,
       .doc = "After which a check has failed",
       .fallback = "1",
       .decision = true},
      {.path = "failureThreshold",
       .type = Type::integer,
       .doc = "Failed checks in a row that count",
       .fallback = "3",
       .decision = true},
      {.path = "successThreshold",
       .type = Type::integer,
       .doc = "Good checks in a row that count",
       .fallback = "1",
       .decision = true},
  };
  return rows;
}

void append_probe(std::vector<Field>& rows, const std::string& path, const std::string& doc) {
  rows.push_back({.path = path, .type = Type::map, .doc = doc});
  for (Field row : probe_rows()) {
    row.path = path + "." + row.path;
    rows.push_back(std::move(row));
  }
}

const std::vector<Field>& liveness_rows() {
  static const std::vector<Field> rows = {
      {.path = "components.*.probes.liveness.terminationGracePeriodSeconds",
       .type = Type::integer,
       .doc = "Grace of a probe's kill, by default the pod's",
       .decision = true},
      {.path = "components.*.probes.liveness.falseFailure",
       .type = Type::probability,
       .doc = "That a healthy replica fails one check"},
  };
  return rows;
}

}  // namespace

std::vector<Field> probes_rows() {
  std::vector<Field> rows;
  append_probe(rows, "components.*.probes.liveness", "Restarts a container that hangs");
  rows.insert(rows.end(), liveness_rows().begin(), liveness_rows().end());
  append_probe(rows, "components.*.probes.readiness", "Takes a container out of the endpoints");
  append_probe(rows, "components.*.probes.startup",
               "Holds the others back while a container starts");
  return rows;
}

}  // namespace haplan::planner::table
