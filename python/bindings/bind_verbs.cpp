#include <algorithm>
#include <pybind11/stl.h>

#include "planner/render/alerts.hpp"
#include "planner/render/certificate.hpp"
#include "planner/render/chaos.hpp"
#include "planner/render/drill.hpp"
#include "planner/render/front.hpp"
#include "planner/render/json.hpp"
#include "planner/render/manifests.hpp"
#include "planner/render/patch.hpp"
#include "planner/render/simulation.hpp"
#include "planner/render/text.hpp"
#include "planner/render/values.hpp"
#include "planner/session/settled.hpp"
#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

/// A result in every form that it can be written in.
struct Rendered {
  std::string json;
  std::string text;
  planner::RenderedFiles values;
  planner::RenderedFiles patch;
  planner::RenderedFiles manifests;
  planner::RenderedFiles alerts;
  std::optional<std::string> certificate;
};

Rendered rendered(const planner::Plan& plan, const planner::Inputs& inputs) {
  return {planner::render_json(plan),
          planner::render_text(plan, page_of(inputs)),
          planner::render_values(plan),
          planner::render_patch(plan),
          planner::render_manifests(plan),
          planner::render_alerts(plan, planner::profiles_of(plan.lowered)),
          std::nullopt};
}

py::dict translate(const planner::RenderedFiles& rendered) {
  py::dict files;
  for (const auto& [name, content] : rendered.files) files[text(name)] = text(content);
  py::list unsupported;
  for (const planner::Unsupported& one : rendered.unsupported)
    unsupported.append(py::make_tuple(text(one.component), text(one.path), text(one.reason)));
  py::list notes;
  for (const std::string& note : rendered.notes) notes.append(text(note));
  py::dict all;
  all["files"] = files;
  all["unsupported"] = unsupported;
  all["notes"] = notes;
  return all;
}

py::dict translate(const Rendered& rendered) {
  py::dict all;
  all["json"] = text(rendered.json);
  all["text"] = text(rendered.text);
  all["values"] = translate(rendered.values);
  all["patch"] = translate(rendered.patch);
  all["manifests"] = translate(rendered.manifests);
  all["alerts"] = translate(rendered.alerts);
  all["certificate"] = py::none();
  if (rendered.certificate) all["certificate"] = text(*rendered.certificate);
  return all;
}

planner::UncertaintyOptions drawing(std::optional<std::size_t> draws, std::uint64_t seed,
                                    const std::optional<std::vector<double>>& quantiles,
                                    unsigned threads) {
  planner::UncertaintyOptions options;
  if (draws) options.draws = *draws;
  options.seed = seed;
  options.threads = threads;
  if (quantiles) options.quantiles = *quantiles;
  return options;
}

void draw(planner::Plan& plan, const planner::UncertaintyOptions& options) {
  if (auto drawn = planner::draw_inputs(plan, options); !drawn) throw EngineError{drawn.error()};
}

py::dict evaluate(const SpecHandle& spec, std::optional<std::size_t> draws, std::uint64_t seed,
                  const std::optional<std::vector<double>>& quantiles, unsigned threads) {
  planner::UncertaintyOptions options = drawing(draws, seed, quantiles, threads);
  const bool draws_wanted = draws || planner::asks_for_confidence(spec.lowered);
  return translate(call<Rendered>([=, spec = SpecHandle(spec)](Control& control) mutable {
    options.stop = [&control] { return control.stopped(); };
    planner::Plan plan = value_of(planner::evaluated_plan(spec.lowered));
    if (draws_wanted && !control.stopped()) draw(plan, options);
    return rendered(plan, spec.inputs);
  }));
}

/// The plan of a search whose figures are not known yet.
Rendered rendered(const SpecHandle& spec, const solver::Outcome& outcome) {
  planner::Plan plan{.lowered = spec.lowered,
                     .outcome = outcome,
                     .before = std::nullopt,
                     .start = std::nullopt,
                     .after = std::nullopt,
                     .uncertainty = std::nullopt,
                     .provenance = {},
                     .warnings = {"the search was interrupted before figures were computed"}};
  if (outcome.has_plan) {
    plan.lowered = planner::settled(spec.lowered, outcome.deployment);
    plan.outcome.deployment = plan.lowered.problem.before;
  }
  return {
      planner::render_json(plan), spec.lowered.name + ": " + plan.warnings.front() + "\n", {}, {}};
}

/// What an interrupted search knows before it has found anything.
solver::Outcome nothing_yet() {
  solver::Outcome outcome;
  outcome.status = solver::Status::undecided;
  outcome.stop = solver::Stop::interrupted;
  return outcome;
}

/// What a search is asked for besides its limits.
struct Wishes {
  std::optional<int> most_changes;  ///< to the plan that the spec has
  bool certificate = false;
  bool check = false;  ///< of the certificate, line by line
};

/// The spec without the plan that it runs, and the plan found near that one.
planner::Plan near(const SpecHandle& spec, int most_changes, const solver::SolveOptions& options) {
  planner::Inputs open = spec.inputs;
  open.plan.reset();
  open.sets.emplace_back("plan=null");
  planner::Loaded loaded = planner::load(open);
  if (!loaded.lowered)
    throw EngineError{{model::Fault::invalid_input, "without its plan the spec has mistakes", ""}};
  return value_of(
      planner::near_plan(std::move(*loaded.lowered), spec.lowered, most_changes, options));
}

/// Phases as the command line names them.
const char* name_of(solver::SearchProgress::Phase phase) {
  using Phase = solver::SearchProgress::Phase;
  if (phase == Phase::plan) return "plan";
  if (phase == Phase::placement) return "placement";
  return phase == Phase::explanation ? "explanation" : "proof";
}

News news_of(const solver::SearchProgress& at) {
  News news{name_of(at.phase), at.done, {{"bound", at.bound}}};
  if (at.incumbent) news.values.emplace_back("incumbent", *at.incumbent);
  return news;
}

/// The lines that prove the plan, where it can be proved.
std::optional<std::string> certificate_of(planner::Plan& plan, bool check, double time_limit,
                                          Control& control) {
  if (planner::not_certifiable(plan)) return std::nullopt;
  std::string lines;
  const auto done =
      planner::certify(plan, [&lines](const std::string& line) { lines += line; },
                       {.check = check, .time_limit = time_limit, .interrupted = [&control] {
                          return control.stopped();
                        }});
  if (!done) throw EngineError{done.error()};
  return lines;
}

Rendered solved(const SpecHandle& spec, const solver::SolveOptions& options, unsigned threads,
                const Wishes& wishes, Control& control, Part<Rendered>& part) {
  const bool asked = planner::asks_for_confidence(spec.lowered);
  // Until something better is known: reading and proving may take longer than an interrupt may wait.
  part.put(rendered(spec, nothing_yet()));
  planner::Plan plan = wishes.most_changes
                           ? near(spec, *wishes.most_changes, options)
                           : value_of(planner::solved_plan(spec.lowered, options, threads,
                                                           [&](const solver::Outcome& outcome) {
                                                             part.put(rendered(spec, outcome));
                                                             control.report({"figures", 1.0, {}});
                                                           }));
  if (asked && plan.outcome.has_plan && !control.stopped()) {
    auto draws = drawing(std::nullopt, planner::UncertaintyOptions{}.seed, std::nullopt, threads);
    draws.stop = [&control] { return control.stopped(); };
    const auto drawn = planner::draw_inputs(plan, draws);
    if (!drawn && !control.stopped()) throw EngineError{drawn.error()};
  }
  std::optional<std::string> certificate;
  if (wishes.certificate || wishes.check)
    certificate = certificate_of(plan, wishes.check, options.time_limit, control);
  Rendered told = rendered(plan, spec.inputs);
  told.certificate = std::move(certificate);
  return told;
}

py::dict solve(const SpecHandle& spec, double time_limit, std::optional<std::size_t> work_limit,
               unsigned threads, std::optional<int> most_changes, bool certificate, bool check,
               const py::object& progress) {
  if (most_changes && !spec.lowered.plan)
    throw py::value_error("max_changes needs the plan that is running: spec.with_plan(...)");
  const auto search = [=, spec = SpecHandle(spec)](Control& control, Part<Rendered>& part) {
    const solver::SolveOptions options{
        .time_limit = time_limit,
        .work_limit = work_limit.value_or(solver::kStandardWork),
        .interrupted = [&control] { return control.stopped(); },
        .threads = threads,
        .progress = [&control](const solver::SearchProgress& at) { control.report(news_of(at)); }};
    return solved(spec, options, threads, {most_changes, certificate, check}, control, part);
  };
  return translate(call<Rendered>(std::function<Rendered(Control&, Part<Rendered>&)>(search),
                                  progress, Interrupted::keeps));
}

py::dict pareto(const SpecHandle& spec, double time_limit, std::optional<std::size_t> work_limit) {
  const auto search = [=, spec = SpecHandle(spec)](Control& control, Part<Told>& part) {
    const auto told = [&spec](const planner::FrontReport& report) -> Told {
      return {planner::render_front_json(report),
              planner::render_front_text(report, page_of(spec.inputs)), ""};
    };
    const solver::SolveOptions options{.time_limit = time_limit,
                                       .work_limit = work_limit.value_or(solver::kStandardWork),
                                       .interrupted = [&control] { return control.stopped(); }};
    return told(value_of(planner::front_report(
        spec.lowered, options, [&](const planner::FrontReport& known) { part.put(told(known)); })));
  };
  return translate(call<Told>(std::function<Told(Control&, Part<Told>&)>(search), py::none(),
                              Interrupted::keeps));
}

py::dict verify(const SpecHandle& spec, const py::bytes& certificate) {
  const std::string lines = certificate;
  return translate(call<Told>([spec = SpecHandle(spec), lines](Control& control) -> Told {
    const planner::CertificateVerdict verdict =
        planner::verify_certificate(spec.lowered, lines, [&control] { return control.stopped(); });
    const planner::CertificateReport report{spec.lowered.name, verdict.rejected, verdict.stopped,
                                            verdict.line,      verdict.claim,    verdict.proved};
    return {planner::render_report_json(report), planner::render_report_text(report), ""};
  }));
}

py::dict chaos(const SpecHandle& spec, const std::string& name_space) {
  return translate(call<planner::RenderedFiles>([spec = SpecHandle(spec), name_space](Control&) {
    const auto report = value_of(planner::drill_report(spec.inputs, spec.lowered));
    return planner::render_chaos(report, planner::profiles_of(spec.lowered), name_space);
  }));
}

py::dict drill(const SpecHandle& spec) {
  return translate(call<Told>([spec = SpecHandle(spec)](Control&) -> Told {
    const auto report = value_of(planner::drill_report(spec.inputs, spec.lowered));
    return {planner::render_drill_json(report),
            planner::render_drill_text(report, page_of(spec.inputs)), ""};
  }));
}

/// The assumptions named; a name that is none is the caller's mistake.
model::Assumptions assumptions(bool of_the_model, const std::map<std::string, bool>& switched) {
  model::Assumptions all = of_the_model ? model::model_semantics() : model::Assumptions{};
  const auto entries = model::assumption_entries();
  for (const auto& [name, value] : switched) {
    const auto entry =
        std::ranges::find_if(entries, [&](const auto& one) { return name == one.name; });
    if (entry == entries.end()) throw py::value_error("no assumption is called \"" + name + "\"");
    all.*(entry->member) = value;
  }
  return all;
}

py::dict simulate(const SpecHandle& spec, bool of_the_model,
                  const std::map<std::string, bool>& switched, double precision, double confidence,
                  std::uint64_t seed, std::optional<double> window,
                  std::optional<std::uint64_t> events, std::optional<bool> biased, unsigned threads,
                  const py::object& progress) {
  planner::SimulationRequest request;
  request.window = window;
  model::SimulateOptions& options = request.options;
  options.assumptions = assumptions(of_the_model, switched);
  options.precision = precision;
  options.confidence = confidence;
  options.seed = seed;
  options.threads = threads;
  if (events) options.events = *events;
  if (biased)
    options.method =
        *biased ? model::SimulationMethod::failure_biasing : model::SimulationMethod::direct;
  const auto play = [request, spec = SpecHandle(spec)](Control& control,
                                                       Part<Told>& part) mutable -> Told {
    const auto told = [&spec](const planner::SimulationReport& report) -> Told {
      return {planner::render_simulation_json(report),
              planner::render_simulation_text(report, page_of(spec.inputs)), ""};
    };
    request.so_far = [&](const planner::SimulationReport& known) { part.put(told(known)); };
    request.options.stop = [&control] { return control.stopped(); };
    request.options.progress = [&control](const model::SimulationProgress& at) {
      const double precise = at.wanted / at.precision;  // work grows with its square
      const double worked = static_cast<double>(at.events) / static_cast<double>(at.limit);
      control.report({"simulate",
                      std::min(1.0, std::max(precise * precise, worked)),
                      {{"events", static_cast<double>(at.events)},
                       {"simulated_seconds", at.time},
                       {"precision", at.precision}}});
    };
    return told(value_of(planner::simulation_report(spec.lowered, request)));
  };
  return translate(
      call<Told>(std::function<Told(Control&, Part<Told>&)>(play), progress, Interrupted::keeps));
}

}  // namespace

void bind_verbs(py::module_& module) {
  module.def("evaluate", &evaluate, py::arg("spec"), py::arg("draws"), py::arg("seed"),
             py::arg("quantiles"), py::arg("threads"), "Figures of the deployment as it stands.");
  module.def("solve", &solve, py::arg("spec"), py::arg("time_limit"), py::arg("work_limit"),
             py::arg("threads"), py::arg("most_changes"), py::arg("certificate"), py::arg("check"),
             py::arg("progress"), "The best plan, or why there is none.");
  module.def("pareto", &pareto, py::arg("spec"), py::arg("time_limit"), py::arg("work_limit"),
             "Replicas against availability.");
  module.def("verify", &verify, py::arg("spec"), py::arg("certificate"),
             "What a certificate proves.");
  module.def("chaos", &chaos, py::arg("spec"), py::arg("name_space"),
             "One experiment for every loss of a drill.");
  module.def("drill", &drill, py::arg("spec"), "Every single loss, and every scenario.");
  module.def("simulate", &simulate, py::arg("spec"), py::arg("of_the_model"), py::arg("switched"),
             py::arg("precision"), py::arg("confidence"), py::arg("seed"), py::arg("window"),
             py::arg("events"), py::arg("biased"), py::arg("threads"), py::arg("progress"),
             "The deployment played event by event.");
}

}  // namespace haplan::python
