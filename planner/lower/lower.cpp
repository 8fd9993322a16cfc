#include "planner/lower.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "model/base/contract.hpp"
#include "model/system/check.hpp"
#include "planner/lower/apply.hpp"
#include "planner/lower/parts.hpp"
#include "planner/lower/variants.hpp"

namespace haplan::planner {

namespace {

using lowering::Context;

void lower_one(Context& context, model::ComponentId id) {
  const Value* variants = lowering::field(context.component_values[id], "variants");
  if (variants && context.system().components[id].type != model::ComponentType::gate)
    lowering::lower_variants(context, id);
  else
    lowering::lower_whole_component(context, id);
}

/// The "before" placement, and which placements the solver may choose.
void place(Context& context) {
  auto& problem = context.out.problem;
  const auto& components = problem.system.components;
  problem.placement_open.assign(components.size(), false);
  for (model::ComponentId id = 0; id < components.size(); ++id) {
    if (!components[id].replicated() || problem.system.nodes.empty()) continue;
    problem.placement_open[id] = true;
  }
  place_before(problem);
}

/// What is said of several variants alike is reported once.
void drop_repeated(Diagnostics& diagnostics) {
  std::set<std::tuple<std::string, std::string, std::string, int, int>> seen;
  std::erase_if(diagnostics, [&seen](const Diagnostic& one) {
    return !seen.emplace(one.code, one.message, one.where.file, one.where.line, one.where.column)
                .second;
  });
}

void sort_diagnostics(Diagnostics& diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     if (a.where.file != b.where.file) return a.where.file < b.where.file;
                     if (a.where.line != b.where.line) return a.where.line < b.where.line;
                     return a.where.column < b.where.column;
                   });
}

void note_cluster_defaults(Context& context) {
  if (context.system().nodes.empty()) return;
  const Value* cluster = lowering::field(context.spec, "cluster");
  if (!lowering::field(cluster, "nodeDetection"))
    context.out.defaults.push_back(
        {"cluster.nodeDetection", "mean 47.4s, worst 55s", "Kubernetes 1.32 and later"});
  if (!lowering::field(cluster, "tolerationSeconds"))
    context.out.defaults.push_back({"cluster.tolerationSeconds", "300", "Kubernetes"});
}

}  // namespace

LowerResult lower(const Value& written) {
  Context context;
  static const Value kNothing;
  const std::optional<Value> fixed = lowering::with_planned_variants(written, context.diagnostics);
  const Value& document = fixed ? *fixed : written;
  const Value* spec = document.find("spec");
  context.spec = spec ? spec : &kNothing;
  const Value* name = lowering::field(document.find("metadata"), "name");
  context.out.name = name ? name->text : "";
  context.system().name = context.out.name;

  lowering::lower_cluster(context);
  lowering::lower_network(context);
  lowering::lower_levels(context);
  lowering::name_components(context);
  for (model::ComponentId id = 0; id < context.component_values.size(); ++id)
    lower_one(context, id);
  lowering::lower_claims(context);
  lowering::lower_dependencies(context);
  lowering::lower_services(context);
  lowering::lower_objectives(context);
  lowering::lower_preference(context);
  lowering::lower_releases(context);
  lowering::check_whole(context);

  if (!has_errors(context.diagnostics)) {
    // Whatever a mistaken spec may hold has been reported above, with its place.
    HAPLAN_EXPECTS(model::check_system(context.system()).empty());
    note_cluster_defaults(context);
    std::sort(context.out.problem.decisions.begin(), context.out.problem.decisions.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    place(context);
    if (const Value* plan = lowering::field(context.spec, "plan")) {
      Diagnostics found = apply_plan(context.out, *plan);
      context.diagnostics.insert(context.diagnostics.end(), found.begin(), found.end());
    }
  }
  LowerResult result;
  sort_diagnostics(context.diagnostics);
  drop_repeated(context.diagnostics);
  result.diagnostics = std::move(context.diagnostics);
  if (!has_errors(result.diagnostics)) result.lowered = std::move(context.out);
  return result;
}

}  // namespace haplan::planner
