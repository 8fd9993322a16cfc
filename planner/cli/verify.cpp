#include <algorithm>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/render/certificate.hpp"

namespace haplan::planner::cli {

int run_verify(const Arguments& arguments) {
  Opened opened = open_spec(arguments);
  if (!opened.lowered) return opened.exit_code;
  constexpr std::size_t kMost = std::size_t{1} << 30;
  const Content content = read_input(*arguments.certificate, kMost);
  if (content.failure || content.text.size() > kMost) {
    complain("haplan: " + content.failure.value_or("a certificate of more than 1 GiB") + "\n");
    return static_cast<int>(ExitCode::failed);
  }
  const CertificateVerdict verdict = verify_certificate(*opened.lowered, content.text);
  const CertificateReport report{opened.lowered->name, verdict.rejected, verdict.line,
                                 verdict.has_plan,     verdict.rank,     verdict.proved};
  return show(arguments.format == "json" ? render_report_json(report) : render_report_text(report),
              static_cast<int>(!verdict.rejected && verdict.proved.complete() ? ExitCode::done
                                                                              : ExitCode::missed));
}

}  // namespace haplan::planner::cli
