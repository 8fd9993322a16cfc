#include "model/system/check.hpp"

#include <doctest/doctest.h>
#include <functional>
#include <string>
#include <vector>

using namespace haplan::model;

namespace {

Requirement leaf(ComponentId id) {
  Requirement r;
  r.kind = Requirement::Kind::component;
  r.component = id;
  return r;
}

System sound() {
  System system;
  system.domains = {{.name = "zone", .level = "zone", .parent = std::nullopt}};
  system.nodes = {{.name = "worker-2", .pool = "", .parent = 0},
                  {.name = "worker-10", .pool = "", .parent = 0}};
  system.levels = {
      {.name = "only", .share = 1.0, .users = Rational{10, 1}, .think_time = Rational{3, 1}}};
  system.components.resize(2);
  system.components[0].name = "api";
  system.components[0].allowed = {0, 1};
  system.components[0].depends_on.of = {leaf(1)};
  system.components[1].name = "db";
  Service chat{.name = "chat"};
  chat.requires_.of = {leaf(0)};
  system.services = {chat};
  return system;
}

std::vector<std::string> after(const std::function<void(System&)>& change) {
  System system = sound();
  change(system);
  return check_system(system);
}

}  // namespace

TEST_CASE("check: a sound system has nothing broken") { CHECK(check_system(sound()).empty()); }

TEST_CASE("check: each broken invariant is told in one sentence") {
  const std::vector<std::pair<std::function<void(System&)>, std::string>> cases{
      {[](System& s) { s.levels.clear(); }, "there is no load level"},
      {[](System& s) { s.nodes[0].parent = 5; }, "worker-2 lies in a domain that does not exist"},
      {[](System& s) { s.domains[0].parent = 0; }, "domains lie in a circle: zone -> zone"},
      {[](System& s) { s.components[1].depends_on.of = {leaf(0)}; },
       "components depend on each other in a circle: api -> db -> api"},
      {[](System& s) { s.components[1].depends_on.of = {leaf(9)}; },
       "db names a component that does not exist"},
      {[](System& s) {
         s.network.vertices = {{.name = "a"}, {.name = "b"}};
         s.network.links = {{.name = "a-b", .a = 1, .b = 1}};
       },
       "a-b does not join two vertices that exist"},
      {[](System& s) {
         s.network.vertices = {{.name = "a"}, {.name = "b"}};
         s.components[0].depends_on.of = {
             {.kind = Requirement::Kind::connected, .terminals = {1, 0}}};
       },
       "api: connected needs at least two vertices, ascending and distinct"},
      {[](System& s) { s.network.vertices = {{.name = "v-10"}, {.name = "v-9"}}; },
       "vertices are not in name order at v-9"},
      {[](System& s) {
         s.network.vertices = {{.name = "a", .modes = {{.name = "outage", .rate = -1.0}}}};
       },
       "a.outage: rate, repair and sigma must be finite and not negative"},
      {[](System& s) { s.components[0].name = "zzz"; }, "components are not in name order at db"},
      {[](System& s) { std::swap(s.nodes[0], s.nodes[1]); },
       "nodes are not in name order at worker-2"},
      {[](System& s) { s.levels[0].share = 0.9; }, "shares of levels must sum to 1"},
      {[](System& s) { s.levels[0].rate = Rational{1, 1}; }, "only has both users and a rate"},
      {[](System& s) { s.levels[0].think_time = Rational{0, 1}; },
       "only: users without think time need service times on the path of chat"},
      {[](System& s) { s.drain = Drain{.every = 100.0, .per_node = 50.0}; },
       "drains of all nodes together must take less than the time between two of the same"},
      {[](System& s) { s.components[0].allowed = {1, 0}; }, "api: allowed nodes must be ascending"},
      {[](System& s) { s.components[0].need = {1, 1}; },
       "api: need must be given for each level or for none"},
      {[](System& s) { s.components[1].type = ComponentType::external; },
       "db: an external component needs an availability"},
      {[](System& s) { s.components[1].type = ComponentType::markov; },
       "db: a markov component needs states"},
      {[](System& s) {
         s.components[1].movable = true;
         s.components[1].storage.kind = StorageKind::local;
       },
       "db: movable with local storage"},
      {[](System& s) {
         s.components[1].modes = {{.name = "x", .rate = -1.0, .detection = Detection::exit}};
       },
       "db.x: rate and repair must be finite and not negative"},
  };
  for (const auto& [change, sentence] : cases) {
    CHECK(after(change) == std::vector<std::string>{sentence});
  }
}

TEST_CASE("check: loads are given by all services or by none") {
  const auto broken = after([](System& s) {
    Service other = s.services[0];
    other.name = "other";
    other.load = Rational{1, 2};
    s.services.push_back(other);
  });
  CHECK(broken == std::vector<std::string>{"either all services give a load or none does"});
}

TEST_CASE("check: natural order compares digits as numbers and never calls two names equal") {
  CHECK(natural_less("worker-2", "worker-10"));
  CHECK_FALSE(natural_less("worker-10", "worker-2"));
  CHECK(natural_less("a", "a1"));
  CHECK(natural_less("a1b2", "a1b10"));
  CHECK(natural_less("a07", "a7"));
  CHECK_FALSE(natural_less("a7", "a07"));
  CHECK_FALSE(natural_less("a7", "a7"));
  CHECK(natural_less("9", "a"));
}
