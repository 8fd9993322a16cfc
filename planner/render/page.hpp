#pragma once

#include <string>

#include "planner/plan.hpp"
#include "planner/render/table.hpp"
#include "planner/render/text.hpp"

/// The page that render_text fills, and its sections; each adds nothing when it has nothing to say.
namespace haplan::planner {

class Page {
 public:
  explicit Page(const TextOptions& options) : options_(options) {}

  void line(const std::string& text) { text_ += text + "\n"; }
  /// An empty line, then a heading.
  void heading(const std::string& title) { text_ += "\n" + bold(title) + "\n"; }
  /// The header line dim, the rest as it is. Cells are escaped here.
  void table(TextTable table);
  void sentence(const std::string& sentence, const std::string& first = "  ");

  [[nodiscard]] std::string bold(const std::string& text) const { return paint("1", text); }
  [[nodiscard]] std::string good(const std::string& text) const { return paint("32", text); }
  [[nodiscard]] std::string bad(const std::string& text) const { return paint("31", text); }
  [[nodiscard]] int width() const { return options_.width; }
  [[nodiscard]] const TextOptions& options() const { return options_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] std::string paint(const char* code, const std::string& text) const {
    return options_.colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
  }

  TextOptions options_;
  std::string text_;
};

// page_figures.cpp
void add_verdict(Page& page, const Plan& plan);
void add_availability(Page& page, const Plan& plan);
void add_exactness(Page& page, const Plan& plan);
void add_objectives(Page& page, const Plan& plan);
void add_causes(Page& page, const Plan& plan);

// page_infeasible.cpp
void add_infeasibility(Page& page, const Plan& plan);

// page_importance.cpp
void add_windows(Page& page, const Plan& plan);
void add_cut_sets(Page& page, const Plan& plan);
void add_importance(Page& page, const Plan& plan);

// page_recovery.cpp
void add_recoveries(Page& page, const Plan& plan);

// page_uncertainty.cpp
void add_provenance(Page& page, const Plan& plan);
void add_uncertainty(Page& page, const Plan& plan);

// page_deployment.cpp
void add_components(Page& page, const Plan& plan);
void add_spending(Page& page, const Plan& plan);
void add_placement(Page& page, const Plan& plan);

// page_closing.cpp
void add_binding(Page& page, const Plan& plan);
void add_changes(Page& page, const Plan& plan);
void add_certificate(Page& page, const Plan& plan);
void add_warnings(Page& page, const Plan& plan);
void add_defaults(Page& page, const Plan& plan);
void add_next(Page& page, const Plan& plan);

}  // namespace haplan::planner
