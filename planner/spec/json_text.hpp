#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace haplan::planner {

/// Just enough JSON to write a schema: keys keep the order in which they are put.
class Json {
 public:
  static Json text(const std::string& value);
  static Json number(long value);
  static Json boolean(bool value);
  static Json object() { return Json('{'); }
  static Json list(std::vector<Json> items = {});

  /// Puts a key into an object; returns the object, so that puts can be chained.
  Json& put(const std::string& key, Json value);

  /// The same, before what is there.
  Json& put_first(const std::string& key, Json value);

  [[nodiscard]] bool has(const std::string& key) const;

  /// Indented by two spaces a level; what fits a line stands on one.
  [[nodiscard]] std::string written(std::size_t level = 0) const;

 private:
  [[nodiscard]] std::string line() const;

  explicit Json(char kind) : kind_(kind) {}

  char kind_;  ///< '{', '[' or 's' for a scalar
  std::string scalar_;
  std::vector<std::pair<std::string, Json>> members_;  ///< keys are empty in a list
};

}  // namespace haplan::planner
