#include "planner/spec/json_text.hpp"

#include <algorithm>

namespace haplan::planner {

namespace {

std::string quoted(const std::string& value) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += {'\\', 'u', '0', '0', kDigits[c >> 4], kDigits[c & 15]};
    } else {
      result += c;
    }
  }
  return result + "\"";
}

}  // namespace

Json Json::text(const std::string& value) {
  Json result('s');
  result.scalar_ = quoted(value);
  return result;
}

Json Json::number(long value) {
  Json result('s');
  result.scalar_ = std::to_string(value);
  return result;
}

Json Json::boolean(bool value) {
  Json result('s');
  result.scalar_ = value ? "true" : "false";
  return result;
}

Json Json::list(std::vector<Json> items) {
  Json result('[');
  for (Json& item : items) result.members_.emplace_back(std::string(), std::move(item));
  return result;
}

Json& Json::put(const std::string& key, Json value) {
  members_.emplace_back(key, std::move(value));
  return *this;
}

Json& Json::put_first(const std::string& key, Json value) {
  members_.emplace(members_.begin(), key, std::move(value));
  return *this;
}

bool Json::has(const std::string& key) const {
  return std::any_of(members_.begin(), members_.end(),
                     [&](const auto& member) { return member.first == key; });
}

std::string Json::line() const {
  if (kind_ == 's') return scalar_;
  std::string result(1, kind_);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (i) result += ", ";
    if (kind_ == '{') result += quoted(members_[i].first) + ": ";
    result += members_[i].second.line();
  }
  return result + (kind_ == '[' ? "]" : "}");
}

std::string Json::written(std::size_t level) const {
  constexpr std::size_t kColumns = 100;
  std::string short_form = line();
  if (kind_ == 's' || 2 * level + short_form.size() <= kColumns) return short_form;
  const std::string indent(2 * level + 2, ' ');
  std::string result(1, kind_);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    result += (i ? ",\n" : "\n") + indent;
    if (kind_ == '{') result += quoted(members_[i].first) + ": ";
    result += members_[i].second.written(level + 1);
  }
  return result + "\n" + std::string(2 * level, ' ') + (kind_ == '[' ? "]" : "}");
}

}  // namespace haplan::planner
