#include "model/base/abandon.hpp"

#include <atomic>
#include <doctest/doctest.h>

#include "model/base/parallel.hpp"

using namespace haplan::model;

TEST_CASE("may_abandon: does nothing where nothing can be abandoned") {
  CHECK(abandon_flag() == nullptr);
  CHECK_NOTHROW(may_abandon());
}

TEST_CASE("may_abandon: throws once the innermost flag is raised") {
  std::atomic<bool> outer = true;
  std::atomic<bool> inner = false;
  const Abandonable first(&outer);
  CHECK_THROWS_AS(may_abandon(), Abandoned);
  {
    const Abandonable second(&inner);
    CHECK_NOTHROW(may_abandon());
    inner = true;
    CHECK_THROWS_AS(may_abandon(), Abandoned);
    const Abandonable third(nullptr);
    CHECK_NOTHROW(may_abandon());
  }
  CHECK(abandon_flag() == &outer);
}

TEST_CASE("may_abandon: throws after as many steps as there are") {
  const Abandonable few(nullptr, 3);
  for (int step = 0; step < 3; ++step) CHECK_NOTHROW(may_abandon());
  CHECK_THROWS_AS(may_abandon(), Abandoned);
  CHECK_THROWS_AS(may_abandon(), Abandoned);
}

TEST_CASE("in_parallel: work that is abandoned ends in every thread") {
  for (const unsigned threads : {1U, 3U}) {
    std::atomic<bool> raised = false;
    std::atomic<int> begun = 0;
    const Abandonable abandonable(&raised);
    CHECK_THROWS_AS(in_parallel(3, threads,
                                [&](std::size_t) {
                                  if (++begun == static_cast<int>(threads)) raised = true;
                                  while (true) may_abandon();  // would never end
                                }),
                    Abandoned);
  }
}
