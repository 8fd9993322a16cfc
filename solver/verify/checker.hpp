#pragma once

#include <optional>
#include <string>

#include "solver/certificate.hpp"

namespace haplan::solver {

/// Takes the entries of one form of certificate, one after the other. What it returns is why the certificate is wrong, one sentence
/// without a period.
class Checker {
 public:
  Checker() = default;
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;
  virtual ~Checker() = default;

  virtual std::optional<std::string> check_head() = 0;
  virtual std::optional<std::string> check(const CertificateEntry& entry) = 0;
  [[nodiscard]] virtual std::optional<std::string> check_end() const = 0;

  [[nodiscard]] virtual Proved proved() const { return proved_; }

 protected:
  Proved proved_;
};

/// Together.
void add(Proved& sum, const Proved& more, const std::vector<Preference>& minimize);

/// Figures that are computed in different ways agree.
bool agree(double a, double b);

/// The largest judged unavailability of the services with objectives, and whether the deployment keeps its limits and budgets: why not.
struct PlanVerdict {
  std::optional<std::string> wrong;
  double worst = 0.0;
};
PlanVerdict judge_plan(const Problem& problem, const model::Deployment& plan,
                       const model::Stop& stop);

/// The problem whose plans are more available than `worst` in every service with an objective, by more than 3e-9 of it, and keep
/// everything else.
Problem more_available(const Problem& problem, double worst);

}  // namespace haplan::solver
