#include "planner/explain/glossary.hpp"

namespace haplan::planner {

namespace {

std::string folded(const std::string& name) {
  std::string result;
  for (const char c : name) {
    if (c == '-' || c == '_' || c == ' ') continue;
    result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

}  // namespace

const std::vector<Figure>& figures() {
  static const std::vector<Figure> kFigures = [] {
    std::vector<Figure> all = service_figures();
    for (Figure& figure : part_figures()) all.push_back(std::move(figure));
    return all;
  }();
  return kFigures;
}

const Figure* find_figure(const std::string& name) {
  const std::string wanted = folded(name);
  for (const Figure& figure : figures())
    if (folded(figure.name) == wanted || folded(figure.title) == wanted) return &figure;
  return nullptr;
}

}  // namespace haplan::planner
