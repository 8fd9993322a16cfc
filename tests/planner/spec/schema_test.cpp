#include "planner/spec/schema.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <sstream>

#include "planner/spec/fields.hpp"

namespace haplan::planner {

TEST_CASE("schema: the committed file is what the table gives") {
  const char* path = HAPLAN_SOURCE_DIR "/specs/haplan.schema.json";
  if (std::getenv("HAPLAN_APPROVE")) std::ofstream(path, std::ios::binary) << json_schema();
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  CHECK(text.str() == json_schema());
}

TEST_CASE("schema: every field that is evaluated now is in it with its line of documentation") {
  const std::string schema = json_schema();
  for (const Field& field : fields()) {
    if (!is_evaluated(field)) continue;
    CAPTURE(field.path);
    CHECK(schema.find("\"" + field.doc) != std::string::npos);
  }
}

}  // namespace haplan::planner
