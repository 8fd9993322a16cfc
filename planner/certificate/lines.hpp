#pragma once

#include <string>

#include <tl/expected.hpp>

#include "solver/certificate.hpp"

/// Certificates as text, one JSON document a line: specs/CERTIFICATE.md. Keys sorted, numbers in the shortest form that
/// reads back to the same bits; every line ends with LF.
namespace haplan::planner {

/// The first line: what the certificate speaks of.
///   system  the spec's name
std::string head_line(const solver::Problem& problem, const std::string& system,
                      const solver::CertificateHead& head);

std::string entry_line(const solver::Problem& problem, const solver::CertificateEntry& entry);

/// The last line: what all the others prove.
std::string end_line(const solver::Problem& problem, const solver::Proved& proved);

/// What could not be read, one sentence without a period.
template <class T>
using Read = tl::expected<T, std::string>;

/// Fails besides when the certificate was made for other decisions or limits.
Read<solver::CertificateHead> read_head(const solver::Problem& problem, const std::string& line);

bool is_end(const std::string& line);
Read<solver::CertificateEntry> read_entry(const solver::Problem& problem, const std::string& line);
Read<solver::Proved> read_end(const solver::Problem& problem, const std::string& line);

}  // namespace haplan::planner
