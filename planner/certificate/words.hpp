#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "solver/certificate.hpp"

/// Words of a certificate, the same for writing and reading.
namespace haplan::planner {

template <class T, std::size_t n>
using Words = std::array<std::pair<T, std::string_view>, n>;

inline constexpr Words<solver::LimitKind, 9> kLimits{{
    {solver::LimitKind::availability, "availability"},
    {solver::LimitKind::error_rate, "errorRate"},
    {solver::LimitKind::recovery_time, "recoveryTime"},
    {solver::LimitKind::response_time, "responseTime"},
    {solver::LimitKind::loss_node, "loss.node"},
    {solver::LimitKind::loss_zone, "loss.zone"},
    {solver::LimitKind::loss_replica, "loss.replica"},
    {solver::LimitKind::loss_primary, "loss.primary"},
    {solver::LimitKind::data_loss, "dataLoss"},
}};

inline constexpr Words<solver::Basis, 4> kBases{{
    {solver::Basis::calm, "calm"},
    {solver::Basis::component, "component"},
    {solver::Basis::placement, "placement"},
    {solver::Basis::worst, "worst"},
}};

inline constexpr Words<solver::CertificateForm, 3> kForms{{
    {solver::CertificateForm::boxes, "boxes"},
    {solver::CertificateForm::picks, "variants"},
    {solver::CertificateForm::ways, "ways"},
}};

/// Whether ranks have costs.
inline bool counts_costs(const solver::Problem& problem) {
  return std::ranges::count(problem.minimize, solver::Preference::cost) > 0;
}

template <class T, std::size_t n>
std::string word_of(const Words<T, n>& words, T value) {
  for (const auto& [known, word] : words)
    if (known == value) return std::string(word);
  return {};
}

template <class T, std::size_t n>
std::optional<T> meaning_of(const Words<T, n>& words, std::string_view text) {
  for (const auto& [value, word] : words)
    if (word == text) return value;
  return std::nullopt;
}

}  // namespace haplan::planner
