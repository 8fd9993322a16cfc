#include "planner/cli/output.hpp"

#include <set>
#include <sys/stat.h>
#include <unistd.h>

#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/signals.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/cli/text_options.hpp"
#include "planner/render/json.hpp"
#include "planner/render/patch.hpp"
#include "planner/render/text.hpp"
#include "planner/render/values.hpp"

namespace haplan::planner::cli {

namespace {

int failed(const std::string& sentence) {
  complain("haplan: " + sentence + "\n");
  return static_cast<int>(ExitCode::failed);
}

/// Notes and what no file can carry: told on stderr, because stdout is YAML. What goes to several
/// places is told once.
class Teller {
 public:
  void tell(const RenderedFiles& rendered) {
    for (const std::string& note : rendered.notes) tell("note: " + printable(note) + "\n");
    for (const Unsupported& one : rendered.unsupported)
      tell("not carried: " + printable(one.path) + ": " + printable(one.reason) + "\n");
  }

 private:
  void tell(const std::string& line) {
    if (told_.insert(line).second) complain(line);
  }
  std::set<std::string> told_;
};

std::string text_of(const Plan& plan, const std::string& format, const Arguments& arguments,
                    bool terminal, Teller& teller) {
  if (format == "json") return render_json(plan);
  if (format == "values") {
    const RenderedFiles values = render_values(plan);
    teller.tell(values);
    return values_stream(values);
  }
  return render_text(plan, text_options(arguments, terminal));
}

std::optional<std::string> stage_files(Publication& files, const std::string& directory,
                                       const RenderedFiles& rendered) {
  if (auto failure = files.stage_directory(directory)) return failure;
  const std::string base = directory.back() == '/' ? directory : directory + "/";
  for (const auto& [name, text] : rendered.files) {
    if (const std::size_t slash = name.rfind('/'); slash != std::string::npos)
      if (auto failure = files.stage_directory(base + name.substr(0, slash))) return failure;
    if (auto failure = files.stage(base + name, text)) return failure;
  }
  return std::nullopt;
}

std::optional<std::string> stage_one(Publication& files, const Plan& plan,
                                     const OutputRequest& request, const Arguments& arguments,
                                     Teller& teller) {
  if (request.format == "patch") {
    const RenderedFiles patch = render_patch(plan);
    teller.tell(patch);
    return stage_files(files, request.path, patch);
  }
  if (request.format == "values" && is_directory(request.path)) {
    const RenderedFiles values = render_values(plan);
    teller.tell(values);
    return stage_files(files, request.path, values);
  }
  return files.stage(request.path, text_of(plan, request.format, arguments, false, teller));
}

}  // namespace

bool is_directory(const std::string& path) {
  struct stat status{};
  return path.back() == '/' || (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode));
}

void tell(const RenderedFiles& rendered) { Teller().tell(rendered); }

bool outputs_possible(const Arguments& arguments) {
  for (const OutputRequest& request : arguments.outputs) {
    if (request.path == "-") continue;
    const bool into =
        request.format == "patch" || (request.format == "values" && is_directory(request.path));
    if (auto failure =
            into ? check_directory_writable(request.path) : check_writable(request.path)) {
      failed(*failure);
      return false;
    }
  }
  return true;
}

int publish(const Plan& plan, const Arguments& arguments, int exit_code) {
  Publication files;
  return publish(plan, arguments, exit_code, files);
}

int publish(const Plan& plan, const Arguments& arguments, int exit_code, Publication& files) {
  watch_signals();  // an interrupt must not leave temporary files
  const int signals = signals_received();
  Teller teller;
  std::optional<std::string> failure;
  std::string standard = text_of(plan, arguments.format, arguments, true, teller);
  for (const OutputRequest& request : arguments.outputs) {
    if (failure) break;
    if (request.format == "certificate") continue;
    if (request.path == "-")
      standard += text_of(plan, request.format, arguments, true, teller);
    else
      failure = stage_one(files, plan, request, arguments, teller);
  }
  // The result is shown even when a file cannot be written: it may have taken long to find.
  const int shown = show(standard, exit_code);
  if (!failure && shown == exit_code && signals_received() == signals) failure = files.commit();
  if (signals_received() != signals) {
    if (!arguments.outputs.empty()) complain("haplan: interrupted; no file was written\n");
    return signal_exit_code();
  }
  return failure ? failed(*failure) : shown;
}

}  // namespace haplan::planner::cli
