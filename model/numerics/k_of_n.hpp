#pragma once

#include <vector>

/// k-out-of-n in unavailability space: only positive terms are added, so every digit of a tiny
/// result counts.
namespace haplan::model {

/// P(fewer than k of n independent replicas serve), each out with probability u.
///   returns  0 for k <= 0, 1 for k > n
///   error    relative O(n epsilon)
///   cost     O(n k)
double fewer_than(int k, int n, double u);

/// The same for replicas with different unavailabilities.
double fewer_than(int k, const std::vector<double>& u);

/// d fewer_than(k, n, u) / du = n C(n-1, k-1) (1-u)^(k-1) u^(n-k): n times the probability that a
/// replica is the one that decides.
///   returns  0 for k <= 0 and for k > n
double fewer_than_derivative(int k, int n, double u);

}  // namespace haplan::model
