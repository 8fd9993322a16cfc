#pragma once

#include <string>
#include <vector>

namespace haplan::planner {

/// The candidate that a misspelt word most likely means, or empty: the same letters in other case
/// or joined otherwise (max_replicas, maxreplicas), else the fewest edits (insert, delete, replace,
/// swap of neighbours), at most a third of the word. Ties go to the first candidate.
std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates);

/// `did you mean "x"?`, or the first candidates when none is near, or that there are none.
std::string suggest_word(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace haplan::planner
