#include <chrono>

#include "planner/certificate/lines.hpp"
#include "planner/session/session.hpp"
#include "solver/prove.hpp"
#include "solver/verify/verify.hpp"

namespace haplan::planner {

using namespace solver;

namespace {

model::Stop stop_of(const CertifyOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  return [options, start] {
    if (options.interrupted && options.interrupted()) return true;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    return options.time_limit > 0.0 && spent.count() > options.time_limit;
  };
}

}  // namespace

std::optional<std::string> not_certifiable(const Plan& plan) {
  const Status status = plan.outcome.status;
  if (plan.most_changes) return "certificates do not speak of limits on changes";
  if (!plan.outcome.has_plan && status != Status::infeasible)
    return "nothing is claimed that a certificate could prove";
  return beyond_certificates(plan.searched ? plan.searched->problem : plan.lowered.problem);
}

model::Result<void> certify(Plan& plan, const std::function<void(const std::string&)>& sink,
                            const CertifyOptions& options) {
  const Problem& problem = plan.searched ? plan.searched->problem : plan.lowered.problem;
  Outcome outcome = plan.outcome;
  if (plan.searched) outcome.deployment = plan.searched->deployment;
  CertificateSummary summary;
  const auto write = [&](const std::string& line) {
    summary.bytes += line.size();
    sink(line);
  };
  std::optional<std::string> wrong;
  const CertificateHead head = certificate_head(problem, outcome);
  const std::string first = head_line(problem, plan.lowered.name, head);
  write(first);
  const auto read = read_head(problem, first);
  if (!read) wrong = read.error();
  const model::Stop stop = stop_of(options);
  Verifier verifier(problem, read ? *read : head, stop);
  if (options.check && !wrong) wrong = verifier.check_head();
  const Proof proof = prove(problem, head,
                            [&](const CertificateEntry& entry) {
                              const std::string line = entry_line(problem, entry);
                              write(line);
                              if (!options.check || wrong) return;
                              const auto again = read_entry(problem, line);
                              wrong = again ? verifier.check(*again) : std::optional(again.error());
                            },
                            {.work_limit = options.work_limit, .stop = stop});
  summary.claim = claim_of(problem, head);
  summary.proved = proof.proved;
  summary.limited = proof.limited;
  write(end_line(problem, summary.proved));
  if (options.check && !wrong) wrong = verifier.check_end();
  if (options.check && !wrong && verifier.proved() != summary.proved)
    wrong = "the last line does not say what the others prove";
  summary.checked = options.check && !verifier.stopped();
  if (wrong && !verifier.stopped())
    return tl::make_unexpected(model::Error{
        model::Fault::not_converged, "the certificate does not stand the check: " + *wrong, ""});
  plan.certificate = summary;
  return {};
}

CertificateVerdict verify_certificate(const Lowered& lowered, const std::string& text,
                                      const model::Stop& stop) {
  const Problem& problem = lowered.problem;
  CertificateVerdict verdict;
  std::size_t from = 0;
  const auto next = [&]() -> std::optional<std::string> {
    const std::size_t end = text.find('\n', from);
    if (end == std::string::npos) return std::nullopt;
    ++verdict.line;
    return text.substr(std::exchange(from, end + 1), end - from);
  };
  const auto reject = [&](std::string why) {
    verdict.rejected = std::move(why);
    return verdict;
  };
  if (auto beyond = beyond_certificates(problem)) return reject(std::move(*beyond));
  const auto first = next();
  if (!first) return reject("the text ends before a first line does");
  const auto head = read_head(problem, *first);
  if (!head) return reject(head.error());
  verdict.claim = claim_of(problem, *head);
  Verifier verifier(problem, *head, stop);
  const auto not_right = [&](std::string why) {
    verdict.stopped = verifier.stopped();
    return verdict.stopped ? verdict : reject(std::move(why));
  };
  if (auto wrong = verifier.check_head()) return not_right(std::move(*wrong));
  for (auto line = next();; line = next()) {
    if (!line) return reject("the text ends before its last line");
    if (is_end(*line)) {
      const auto claimed = read_end(problem, *line);
      if (!claimed) return reject(claimed.error());
      if (auto wrong = verifier.check_end()) return reject(std::move(*wrong));
      if (verifier.proved() != *claimed)
        return reject("the last line does not say what the others prove");
      break;
    }
    const auto entry = read_entry(problem, *line);
    if (!entry) return reject(entry.error());
    if (auto wrong = verifier.check(*entry)) return not_right(std::move(*wrong));
  }
  if (from != text.size()) {
    ++verdict.line;
    return reject("text after the last line");
  }
  verdict.proved = verifier.proved();
  return verdict;
}

}  // namespace haplan::planner
