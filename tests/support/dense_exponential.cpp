#include "tests/support/dense_exponential.hpp"

#include <algorithm>

namespace haplan::test {
namespace {

DenseMatrix product(const DenseMatrix& a, const DenseMatrix& b) {
  const std::size_t n = a.size();
  DenseMatrix c(n, std::vector<long double>(n, 0.0L));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t j = 0; j < n; ++j) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

}  // namespace

DenseMatrix dense_exponential(const model::Chain& chain, long double t) {
  const std::size_t n = chain.state_count();
  int halvings = 0;
  while (chain.fastest_exit() * t > 1.0L / 64) {
    t /= 2;
    ++halvings;
  }
  DenseMatrix generator(n, std::vector<long double>(n, 0.0L));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < chain.targets(i).size(); ++k) {
      const long double rate = chain.rates(i)[k];
      generator[i][chain.targets(i)[k]] += rate * t;
      generator[i][i] -= rate * t;
    }
  }
  DenseMatrix result(n, std::vector<long double>(n, 0.0L));
  for (std::size_t i = 0; i < n; ++i) result[i][i] = 1.0L;
  DenseMatrix term = result;
  for (int k = 1; k <= 12; ++k) {  // (1/32)^12 / 12! < 1e-26
    term = product(term, generator);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) result[i][j] += (term[i][j] /= k);
    }
  }
  for (; halvings > 0; --halvings) result = product(result, result);
  return result;
}

}  // namespace haplan::test
