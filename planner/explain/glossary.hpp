#pragma once

#include <string>
#include <vector>

/// What every figure is called, means and comes from: the one table that `explain`, `why` and specs/README.md show.
namespace haplan::planner {

struct Figure {
  std::string name;        ///< "fussell-vesely": what `haplan explain` takes
  std::string title;       ///< a few words, no period
  std::string definition;  ///< one to three sentences
  std::string formula;     ///< one line, plain text
  std::string source;      ///< section of specs/MODEL.md, and the file of model/ that computes it
  std::string shown;       ///< where it stands in outputs, with its unit
};

/// Figures of a service, in the order of specs/MODEL.md 5 (glossary_services.cpp).
std::vector<Figure> service_figures();

/// Figures of what services are made of: replicas, domains, components, load (glossary_parts.cpp).
std::vector<Figure> part_figures();

/// All of them; the one table.
const std::vector<Figure>& figures();

/// The row of a name in any case, with blanks or underscores for hyphens, or of its title; null when there is none.
const Figure* find_figure(const std::string& name);

}  // namespace haplan::planner
