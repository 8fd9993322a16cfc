#include <doctest/doctest.h>
#include <fstream>
#include <sstream>

#include "planner/codes.hpp"
#include "planner/render/values.hpp"
#include "planner/spec/read.hpp"

using namespace haplan::planner;

namespace {

std::string content(const std::string& name) {
  std::ifstream stream(std::string(HAPLAN_INVALID) + "/" + name, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  REQUIRE(stream.good());
  return text.str();
}

/// What check_releases says of a spec that reads and lowers.
Diagnostics of_spec(const std::string& name) {
  const auto document = read({{name, content(name)}}).document;
  REQUIRE(document);
  const auto lowered = lower(*document).lowered;
  REQUIRE(lowered);
  return check_releases(*lowered, embedded_profiles());
}

void expect_only(const Diagnostics& found, const std::string& code, int line) {
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == code);
  CHECK(found[0].where.line == line);
  CHECK(find_code(code) != nullptr);
}

}  // namespace

TEST_CASE("invalid profiles: a binding without an encoding is HA100 at its line") {
  const std::string name = "HA100_broken_profile.yaml";
  const auto found = read_profile("shop", content(name), name).diagnostics;
  REQUIRE_FALSE(found.empty());
  for (const auto& one : found) CHECK(one.code == "HA100");
  CHECK(found[0].where.line == 8);
}

TEST_CASE("invalid releases: an unknown profile is HA101 at the release") {
  expect_only(of_spec("HA101_unknown_profile.yaml"), "HA101", 12);
}

TEST_CASE("invalid releases: an unknown part of a chart is HA102 at the release") {
  expect_only(of_spec("HA102_unknown_chart_component.yaml"), "HA102", 12);
}
