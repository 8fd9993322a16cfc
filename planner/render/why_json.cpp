#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "planner/render/why.hpp"

namespace haplan::planner {
namespace {

using nlohmann::json;

bool names(const json& element, const std::string& word) {
  static constexpr const char* kKeys[] = {"node", "subject",   "mode",
                                          "kind", "component", "objective"};
  return element.is_object() && std::ranges::any_of(kKeys, [&](const char* key) {
           const auto found = element.find(key);
           return found != element.end() && *found == word;
         });
}

/// One step into a document: a key, an index, or the one element of a list that carries the name; of several, their list.
json step(const json& at, const std::string& segment) {
  if (at.is_object()) return at.contains(segment) ? at[segment] : json(json::value_t::discarded);
  if (!at.is_array() || segment.empty()) return json(json::value_t::discarded);
  if (segment.find_first_not_of("0123456789") == std::string::npos && segment.size() < 9) {
    const auto index = static_cast<std::size_t>(std::stoul(segment));
    return index < at.size() ? at[index] : json(json::value_t::discarded);
  }
  json found = json::array();
  for (const json& element : at)
    if (names(element, segment)) found.push_back(element);
  if (found.empty()) return json(json::value_t::discarded);
  return found.size() == 1 ? found[0] : found;
}

/// What the result has at a path, or discarded.
json value_at(const json& result, const std::string& path) {
  const std::vector<std::string> segments = path_segments(path);
  const bool of_plan = segments[0] == "components" || segments[0] == "cluster";
  json at = of_plan ? step(result, "plan") : result;
  for (const std::string& segment : segments) {
    at = step(at, segment);
    if (at.is_discarded()) break;
  }
  return at;
}

bool is_estimate(const json& value) { return value.is_object() && value.contains("method"); }

bool is_list_of_words(const json& value) {
  return value.is_array() && !value.empty() &&
         std::ranges::all_of(value, [](const json& one) { return one.is_string(); });
}

/// Unit of a field of the result, by its name.
std::string unit_of(const std::string& field) {
  if (field.find("MinutesPerYear") != std::string::npos) return "min/y";
  return field.find("Seconds") != std::string::npos || field.ends_with("Delay") ? "s" : "";
}

std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string camel(const std::string& words) {
  std::string out;
  bool upper = false;
  for (const char c : words) {
    if (c == ' ' || c == '-') {
      upper = true;
      continue;
    }
    const bool lower_case = c >= 'a' && c <= 'z';
    const bool upper_case = c >= 'A' && c <= 'Z';
    if (out.empty() && upper_case)
      out += static_cast<char>(c - 'A' + 'a');
    else
      out += upper && lower_case ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

std::string field_name(const std::string& words, const std::string& unit) {
  const std::string name = words == "RAW"       ? "riskAchievementWorth"
                           : words == "FV"      ? "fussellVesely"
                           : words == "FV from" ? "fussellVeselyAtLeast"
                           : words == "RRW"     ? "riskReductionWorth"
                                                : camel(words);
  if (unit == "s") return name + "Seconds";
  if (unit == "1/s") return name + "PerSecond";
  if (unit == "1/y") return name + "PerYear";
  return unit == "min/y" ? name + "MinutesPerYear" : name;
}

void put(json& out, const std::string& name, double value) {
  out[name] = std::isfinite(value) ? json(value) : json();
  if (std::isinf(value)) out[name + "IsInfinite"] = true;
}

json working_of(const Working& working) {
  json out = {{"title", working.title}, {"formula", working.formula}};
  if (!working.columns.empty()) {
    out["rows"] = json::array();
    for (const WorkingRow& row : working.rows) {
      json one = {{"name", row.name}};
      for (std::size_t i = 0; i < row.values.size(); ++i)
        if (row.values[i])
          put(one, field_name(working.columns[i].name, working.columns[i].unit), *row.values[i]);
      out["rows"].push_back(std::move(one));
    }
  }
  if (!working.results.empty()) out["results"] = json::object();
  for (const Quantity& result : working.results)
    put(out["results"], field_name(result.name, result.unit), result.value);
  return out;
}

json figure_of(const Figure& figure) {
  return {{"figure", figure.name},     {"title", figure.title},   {"definition", figure.definition},
          {"formula", figure.formula}, {"source", figure.source}, {"shown", figure.shown}};
}

json answer_of(const Answer& answer) {
  const Explanation& what = answer.explanation;
  json out = figure_of(*what.figure);
  out["path"] = what.path;
  out["value"] = answer.value.empty() ? json() : json::parse(answer.value);
  out["unit"] = answer.unit;
  if (!answer.interval.empty()) out["estimate"] = json::parse(answer.interval);
  out["notes"] = what.notes;
  out["workings"] = json::object();
  for (const Working& working : what.workings) out["workings"][working.name] = working_of(working);
  out["next"] = what.next;
  return out;
}

json document(const Evidence& evidence, const char* kind) {
  return {{"apiVersion", "haplan.dev/v1alpha1"},
          {"kind", kind},
          {"formatVersion", "1.0"},
          {"system", evidence.plan.lowered.name}};
}

std::string written(const json& root) {
  return root.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

/// Fills the value: that of the result where it has one at the path, else the explanation's own.
bool complete(Answer& answer, const json& result) {
  Explanation& what = answer.explanation;
  const json found = value_at(result, what.path);
  const std::vector<std::string> segments = path_segments(what.path);
  if (is_estimate(found)) {
    answer.value = dumped(found["value"]);
    answer.interval = dumped(found);
  } else if (found.is_primitive() && !found.is_discarded()) {
    answer.value = dumped(found);
    answer.unit = unit_of(segments.back());
    return true;
  } else if (is_list_of_words(found)) {
    answer.value = dumped(found);
    return true;
  }
  if (answer.value.empty() && what.value && std::isfinite(what.value->value))
    answer.value = dumped(json(what.value->value));
  else if (answer.value.empty() && what.setting)
    answer.value = dumped(json(*what.setting));
  if (what.value) answer.unit = what.value->unit;
  // Beyond a figure's own path only what the result has there counts.
  const bool deeper = segments[0] == "services" && segments.size() > 3 && segments[2] != "loss";
  return !deeper || !found.is_discarded();
}

}  // namespace

std::optional<Answer> answer(const Evidence& evidence, const std::string& result,
                             const std::string& path) {
  auto explanation = explain(evidence, path);
  if (!explanation) return std::nullopt;
  Answer answer{.explanation = std::move(*explanation), .value = {}, .interval = {}, .unit = {}};
  if (!complete(answer, json::parse(result))) return std::nullopt;
  return answer;
}

std::vector<Answer> all_answers(const Evidence& evidence, const std::string& result) {
  const json document = json::parse(result);
  std::vector<Answer> answers;
  for (const std::string& path : explained_paths(evidence)) {
    auto explanation = explain(evidence, path);
    if (!explanation) continue;
    Answer one{.explanation = std::move(*explanation), .value = {}, .interval = {}, .unit = {}};
    if (complete(one, document)) answers.push_back(std::move(one));
  }
  return answers;
}

std::string render_why_json(const Evidence& evidence, const Answer& answer) {
  json root = document(evidence, "Explanation");
  root.update(answer_of(answer));
  return written(root);
}

std::string render_explanation_json(const Evidence& evidence, const std::vector<Answer>& answers) {
  json root = document(evidence, "Explanations");
  root["answers"] = json::object();
  for (const Answer& one : answers) root["answers"][one.explanation.path] = answer_of(one);
  return written(root);
}

std::vector<std::string> binding_of(const std::string& plan) {
  const json root = json::parse(plan, nullptr, false);
  std::vector<std::string> sentences;
  if (!root.is_object() || !root.contains("binding") || !root["binding"].is_array()) return {};
  for (const json& sentence : root["binding"])
    if (sentence.is_string()) sentences.push_back(sentence);
  return sentences;
}

std::string render_figure_json(const Figure& figure) { return written(figure_of(figure)); }

std::string render_figures_json() {
  json root = {{"apiVersion", "haplan.dev/v1alpha1"},
               {"kind", "Figures"},
               {"formatVersion", "1.0"},
               {"figures", json::array()}};
  for (const Figure& figure : figures()) root["figures"].push_back(figure_of(figure));
  return written(root);
}

}  // namespace haplan::planner
