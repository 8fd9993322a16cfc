#include <doctest/doctest.h>
#include <fstream>
#include <sstream>

#include "planner/codes.hpp"
#include "planner/render/in_place.hpp"
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

TEST_CASE("invalid releases: parts that exclude each other, or one part for two, are HA103") {
  expect_only(of_spec("HA103_parts_exclude.yaml"), "HA103", 13);
  expect_only(of_spec("HA103_one_part_for_two.yaml"), "HA103", 13);
}

TEST_CASE("invalid releases: a chart version outside of the profile's range is a warning") {
  const auto found = of_spec("HA104_chart_version.yaml");
  expect_only(found, "HA104", 12);
  CHECK(found[0].severity == Severity::warning);
}

TEST_CASE("invalid values files: an alias cannot be edited in place") {
  YamlNode values;
  values.at("api.replicas") = YamlNode::integer(2);
  const auto edited = edit_in_place("values.yaml", content("HA106_alias.yaml"), values);
  CHECK_FALSE(edited.text);
  expect_only(edited.diagnostics, "HA106", 4);
}
