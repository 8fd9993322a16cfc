#include "model/base/parallel.hpp"

#include <doctest/doctest.h>
#include <stdexcept>
#include <vector>

using namespace haplan::model;

TEST_CASE("in_parallel: does every task once, with more and with fewer threads than tasks") {
  for (const unsigned threads : {0U, 1U, 2U, 7U})
    for (const std::size_t count : {0U, 1U, 2U, 100U}) {
      std::vector<int> done(count, 0);
      in_parallel(count, threads, [&](std::size_t i) { ++done[i]; });
      CHECK(done == std::vector<int>(count, 1));
    }
}

TEST_CASE("in_parallel: throws what a task throws") {
  for (const unsigned threads : {1U, 3U})
    CHECK_THROWS_AS(in_parallel(20, threads,
                                [](std::size_t i) {
                                  if (i == 11) throw std::out_of_range("eleven");
                                }),
                    std::out_of_range);
}
