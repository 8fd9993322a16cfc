#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/explain/explanation.hpp"
#include "planner/render/text.hpp"

/// Explanations as text and JSON. Values are those of render_json, to the last digit.
namespace haplan::planner {

/// One answer with the value that the JSON result has at its path.
struct Answer {
  Explanation explanation;
  std::string value;     ///< JSON of a number, word, or list of words; empty: none
  std::string interval;  ///< JSON of a whole estimate, or empty
  std::string unit;      ///< of the value
};

/// The answer at a path, or nothing when there is no such figure.
///   result  render_json of the evidence's plan
std::optional<Answer> answer(const Evidence& evidence, const std::string& result,
                             const std::string& path);

/// All answers about a spec: every figure of every service, then components and cluster.
std::vector<Answer> all_answers(const Evidence& evidence, const std::string& result);

std::string render_why_json(const Evidence& evidence, const Answer& answer);
std::string render_why_text(const Answer& answer, const TextOptions& options);

/// The complete explanation of a spec: its answers by path.
std::string render_explanation_json(const Evidence& evidence, const std::vector<Answer>& answers);
std::string render_explanation_text(const Evidence& evidence, const std::vector<Answer>& answers,
                                    const TextOptions& options);

/// What binds, of the JSON result of a solve; empty for anything else.
std::vector<std::string> binding_of(const std::string& plan);

/// The table of figures: one row, or all.
std::string render_figure_text(const Figure& figure, const TextOptions& options);
std::string render_figures_text(const TextOptions& options);
std::string render_figure_json(const Figure& figure);
std::string render_figures_json();

}  // namespace haplan::planner
