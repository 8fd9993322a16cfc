#include "planner/cli/output.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/signals.hpp"
#include "planner/cli/terminal.hpp"
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

bool is_directory(const std::string& path) {
  struct stat status{};
  return path.back() == '/' || (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode));
}

/// Notes and what no file can carry: told on stderr, because stdout is YAML.
void tell(const RenderedFiles& rendered) {
  std::string text;
  for (const std::string& note : rendered.notes) text += "note: " + printable(note) + "\n";
  for (const Unsupported& one : rendered.unsupported)
    text += "not carried: " + printable(one.path) + ": " + printable(one.reason) + "\n";
  complain(text);
}

std::string text_of(const Plan& plan, const std::string& format, const Arguments& arguments,
                    bool terminal) {
  if (format == "json") return render_json(plan);
  if (format == "values") {
    const RenderedFiles values = render_values(plan);
    tell(values);
    return values_stream(values);
  }
  TextOptions options;
  options.colour = terminal && colour_on(STDOUT_FILENO, arguments.colour);
  options.width = terminal ? terminal_width() : TextOptions{}.width;
  options.spec = arguments.specs.front();
  return render_text(plan, options);
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
                                     const OutputRequest& request, const Arguments& arguments) {
  if (request.format == "patch") {
    const RenderedFiles patch = render_patch(plan);
    tell(patch);
    return stage_files(files, request.path, patch);
  }
  if (request.format == "values" && is_directory(request.path)) {
    const RenderedFiles values = render_values(plan);
    tell(values);
    return stage_files(files, request.path, values);
  }
  return files.stage(request.path, text_of(plan, request.format, arguments, false));
}

}  // namespace

bool outputs_possible(const Arguments& arguments) {
  for (const OutputRequest& request : arguments.outputs) {
    if (request.path == "-" || request.format == "patch" ||
        (request.format == "values" && is_directory(request.path)))
      continue;
    if (auto failure = check_writable(request.path)) {
      failed(*failure);
      return false;
    }
  }
  return true;
}

int publish(const Plan& plan, const Arguments& arguments, int exit_code) {
  watch_signals();  // an interrupt must not leave temporary files
  Publication files;
  std::optional<std::string> failure;
  std::string standard = text_of(plan, arguments.format, arguments, true);
  for (const OutputRequest& request : arguments.outputs) {
    if (failure) break;
    if (request.path == "-")
      standard += text_of(plan, request.format, arguments, true);
    else
      failure = stage_one(files, plan, request, arguments);
  }
  // The result is shown even when a file cannot be written: it may have taken long to find.
  const std::optional<std::string> unshown = write_stdout(standard);
  if (!failure && !unshown) failure = files.commit();
  if (unshown) exit_code = failed(*unshown);
  if (failure) exit_code = failed(*failure);
  return exit_code;
}

}  // namespace haplan::planner::cli
