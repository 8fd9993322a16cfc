#include <algorithm>
#include <chrono>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/signals.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/render/certificate.hpp"

namespace haplan::planner::cli {

namespace {

int exit_code_of(const CertificateVerdict& verdict) {
  if (signal_received()) return signal_exit_code();
  if (verdict.rejected) return static_cast<int>(ExitCode::missed);
  return static_cast<int>(verdict.stopped || !verdict.proved.complete() ? ExitCode::undecided
                                                                        : ExitCode::done);
}

}  // namespace

int run_verify(const Arguments& arguments) {
  Opened opened = open_spec(arguments);
  if (!opened.lowered) return opened.exit_code;
  constexpr std::size_t kMost = std::size_t{1} << 30;
  const Content content = read_input(*arguments.certificate, kMost);
  if (content.failure || content.text.size() > kMost) {
    complain("haplan: " + content.failure.value_or("a certificate of more than 1 GiB") + "\n");
    return static_cast<int>(ExitCode::failed);
  }
  watch_signals();
  const auto start = std::chrono::steady_clock::now();
  const CertificateVerdict verdict = verify_certificate(*opened.lowered, content.text, [&] {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    return signal_received().has_value() ||
           (arguments.time_limit > 0.0 && spent.count() > arguments.time_limit);
  });
  const CertificateReport report{opened.lowered->name, verdict.rejected, verdict.stopped,
                                 verdict.line,         verdict.claim,    verdict.proved};
  return show(arguments.format == "json" ? render_report_json(report) : render_report_text(report),
              exit_code_of(verdict));
}

}  // namespace haplan::planner::cli
