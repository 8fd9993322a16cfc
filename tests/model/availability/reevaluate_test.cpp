#include "model/availability/reevaluate.hpp"

#include <doctest/doctest.h>
#include <map>

#include "model/system/load.hpp"
#include "tests/support/field_changes.hpp"
#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"
#include "tests/support/reference.hpp"

using namespace haplan;
using namespace haplan::model;
using namespace haplan::test;

namespace {

bool same(const Cause& a, const Cause& b) {
  return a.kind == b.kind && a.subject == b.subject && a.mode == b.mode && a.share == b.share &&
         a.frequency == b.frequency;
}

template <class Loss>
bool same_loss(const Loss& a, const Loss& b) {
  return a.until_up == b.until_up && a.is_mean == b.is_mean && a.until_avoided == b.until_avoided &&
         a.failed_share == b.failed_share && a.decided_by == b.decided_by;
}

template <class List, class Same>
bool same_lists(const List& a, const List& b, Same&& same_one) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), same_one);
}

/// The first figure that is not the same to the last bit, or "".
std::string difference(const ServiceFigures& a, const ServiceFigures& b) {
  const Estimate& x = a.unavailability;
  const Estimate& y = b.unavailability;
  if (x.value != y.value || x.lower != y.lower || x.upper != y.upper || x.method != y.method)
    return "unavailability";
  if (a.independent != b.independent) return "independent";
  if (a.outage_frequency != b.outage_frequency) return "outage frequency";
  if (a.entry_frequency != b.entry_frequency) return "entry frequency";
  if (a.mean_outage != b.mean_outage) return "mean outage";
  if (!same_lists(a.causes, b.causes, same)) return "causes";
  if (a.level_unavailability != b.level_unavailability) return "level unavailability";
  if (a.recovery.has_value() != b.recovery.has_value()) return "recovery";
  if (a.recovery &&
      (a.recovery->worst != b.recovery->worst || a.recovery->mode != b.recovery->mode ||
       a.recovery->component != b.recovery->component))
    return "recovery";
  if (!same_lists(a.node_losses, b.node_losses, same_loss<NodeLoss>)) return "node losses";
  if (!same_lists(a.losses, b.losses, same_loss<LossFigures>)) return "losses";
  if (a.error_ratio != b.error_ratio) return "error ratio";
  if (a.response_time != b.response_time) return "response time";
  if (a.worst_response_time != b.worst_response_time) return "worst response time";
  if (a.data_loss != b.data_loss) return "data loss";
  return "";
}

std::string difference(const Evaluation& a, const Evaluation& b) {
  if (a.headroom != b.headroom) return "headroom";
  if (a.work.diagram_nodes != b.work.diagram_nodes) return "diagram nodes";
  if (a.services.size() != b.services.size()) return "services";
  for (std::size_t s = 0; s < a.services.size(); ++s)
    if (std::string found = difference(a.services[s], b.services[s]); !found.empty()) return found;
  return "";
}

/// Nodes for as many replicas as there are now.
void place(Sample& sample) {
  if (sample.system.nodes.empty()) return;
  const LoadTable load = load_table(sample.system);
  for (ComponentId c = 0; c < sample.system.components.size(); ++c) {
    const Component& component = sample.system.components[c];
    if (!component.replicated() || component.allowed.empty()) continue;
    std::vector<NodeId>& nodes = sample.deployment.components[c].nodes;
    const int n = largest_replicas(sample.system, load, sample.deployment.components[c], c);
    while (std::ssize(nodes) < n)
      nodes.push_back(component.allowed[nodes.size() % component.allowed.size()]);
  }
}

}  // namespace

TEST_CASE("reevaluate: is a fresh evaluation to the last bit, whatever field changes in between") {
  // One engine sees everything in turn: a field changed in one system, then the next system, and the first again.
  Reevaluator engine({.wanted = WantedFigures{}, .most_structures = 4});
  std::map<std::string, int> changed;
  std::size_t compared = 0;
  const std::vector<FieldChange> changes = field_changes();
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Sample sample = random_sample(seed);
    for (const FieldChange& field : changes) {
      Sample other = sample;
      if (!field.change(other)) continue;
      place(other);
      for (const Sample* now : std::initializer_list<const Sample*>{&sample, &other}) {
        const auto fresh = evaluate(now->system, now->deployment);
        const auto again = engine.evaluate(now->system, now->deployment);
        INFO("seed " << seed << " " << field.path);
        REQUIRE(fresh.has_value() == again.has_value());
        if (!fresh) continue;
        ++compared;
        CHECK(difference(*again, *fresh) == "");
      }
      ++changed[field.path];
    }
  }
  CHECK(compared > 1000);
  // Nearly every field that any figure depends on has been changed.
  CHECK(changed.size() + 5 > changes.size());
  CHECK(engine.counts().evaluations > engine.counts().compilations);
}

TEST_CASE("reevaluate: does of the reference what its numbers make necessary") {
  Reference reference = reference_system(6, 3);
  Reevaluator engine;
  const auto check = [&] {
    const auto again = engine.evaluate(reference.system, reference.deployment);
    REQUIRE(again.has_value());
    auto fresh = evaluate(reference.system, reference.deployment);
    REQUIRE(fresh.has_value());
    for (ServiceFigures& service : fresh->services) {  // not wanted by default
      service.causes.clear();
      service.independent = 0.0;
    }
    CHECK(difference(*again, *fresh) == "");
  };
  check();
  CHECK(engine.counts().compilations == 1);
  // Two levels of users; two services share one path, the third has its own.
  CHECK(engine.counts().queueing_models == 4);
  // Rates and repair times: nothing is done again.
  reference.system.nodes[0].modes[0].rate *= 3.0;
  reference.system.domains[0].modes[0].repair *= 0.5;
  reference.system.components[0].modes[0].rate *= 2.0;
  reference.system.components[2].external->rate *= 2.0;
  reference.system.drain->per_node *= 1.5;
  check();
  // Longer starts of api and keycloak, which start together, move the bounds of stages and leave their order.
  reference.system.components[0].start *= 1.01;
  reference.system.components[4].start *= 1.01;
  check();
  CHECK(engine.counts().compilations == 1);
  CHECK(engine.counts().queueing_models == 4);
  CHECK(engine.counts().load_tables == 1);
  CHECK(engine.counts().packings == 1);
  // No longer together: one more stage, another structure.
  reference.system.components[0].start *= 1.01;
  check();
  CHECK(engine.counts().compilations == 2);
  // Fewer users: the load anew; replicas and so the structure may be others.
  reference.system.levels[1].users = Rational{1999, 1};
  check();
  CHECK(engine.counts().load_tables == 2);
  CHECK(engine.counts().queueing_models == 6);
}

TEST_CASE("evaluate: services that are alike have the same figures, asked together or alone") {
  Reference reference = reference_system(6, 3);  // chat and knowledge require the same
  const auto together = evaluate(reference.system, reference.deployment);
  reference.system.services.erase(reference.system.services.begin());
  const auto alone = evaluate(reference.system, reference.deployment);
  REQUIRE(together.has_value());
  REQUIRE(alone.has_value());
  CHECK(difference(together->services[0], together->services[1]) == "");
  CHECK(near_relative(together->services[1].unavailability.value,
                      alone->services[0].unavailability.value, 1e-12));
  CHECK(near_relative(together->services[1].outage_frequency, alone->services[0].outage_frequency,
                      1e-12));
  CHECK(difference(together->services[1], together->services[2]) == "unavailability");
  // Another share of the load is another service.
  for (Service& service : reference.system.services) service.load = Rational{1, 2};
  reference.system.services[0].requires_ = reference.system.services[1].requires_;
  reference.system.services[0].load = Rational{1, 4};
  const auto shares = evaluate(reference.system, reference.deployment);
  REQUIRE(shares.has_value());
  CHECK(difference(shares->services[0], shares->services[1]) == "response time");
}

TEST_CASE("reevaluate: bounds what is too large as a fresh evaluation does") {
  Reference reference = reference_system();
  constexpr std::size_t kFew = 3000;
  Reevaluator engine({.node_limit = kFew, .wanted = WantedFigures{}});
  for (const double factor : {1.0, 2.0, 7.0}) {
    reference.system.nodes[1].modes[0].rate *= factor;
    const auto fresh = evaluate(reference.system, reference.deployment, {.node_limit = kFew});
    const auto again = engine.evaluate(reference.system, reference.deployment);
    REQUIRE(fresh.has_value());
    REQUIRE(again.has_value());
    CHECK(fresh->services[0].unavailability.method == Method::bounded);
    CHECK(difference(*again, *fresh) == "");
  }
  CHECK(engine.counts().compilations == 1);
}

TEST_CASE("reevaluate: keeps no more structures than it may") {
  Reference reference = reference_system();
  Reevaluator one({.wanted = WantedFigures::none(), .most_structures = 1});
  Reevaluator two({.wanted = WantedFigures::none(), .most_structures = 2});
  for (int round = 0; round < 3; ++round)
    for (const int replicas : {2, 3}) {
      reference.deployment.components[3].replicas = replicas;
      reference.deployment.components[3].nodes.resize(static_cast<std::size_t>(replicas), 4);
      REQUIRE(one.evaluate(reference.system, reference.deployment).has_value());
      REQUIRE(two.evaluate(reference.system, reference.deployment).has_value());
    }
  CHECK(one.counts().compilations == 6);
  CHECK(two.counts().compilations == 2);
  // Of one node beyond the structure in use there is none.
  Reevaluator small({.wanted = WantedFigures::none(), .most_nodes = 1});
  for (int round = 0; round < 3; ++round)
    for (const int replicas : {2, 3}) {
      reference.deployment.components[3].replicas = replicas;
      reference.deployment.components[3].nodes.resize(static_cast<std::size_t>(replicas), 4);
      REQUIRE(small.evaluate(reference.system, reference.deployment).has_value());
    }
  CHECK(small.counts().compilations == 6);
}

TEST_CASE("reevaluate: fails as an evaluation does, and goes on") {
  Reference reference = reference_system();
  Reevaluator engine({.wanted = WantedFigures::none()});
  const double every = reference.system.drain->every;
  reference.system.drain->every = 60.0;  // six nodes of ten minutes each in one
  const auto impossible = engine.evaluate(reference.system, reference.deployment);
  REQUIRE(!impossible.has_value());
  CHECK(impossible.error().fault == Fault::invalid_input);
  reference.system.drain->every = every;
  CHECK(engine.evaluate(reference.system, reference.deployment).has_value());
  bool stop = true;
  Reevaluator stopped({.stop = [&] { return stop; }});
  const auto cut = stopped.evaluate(reference.system, reference.deployment);
  REQUIRE(!cut.has_value());
  CHECK(cut.error().fault == Fault::budget_exhausted);
  stop = false;
  const auto whole = stopped.evaluate(reference.system, reference.deployment);
  const auto fresh = evaluate(reference.system, reference.deployment);
  REQUIRE(whole.has_value());
  REQUIRE(fresh.has_value());
  CHECK(whole->headroom == fresh->headroom);
  CHECK(whole->services[0].unavailability.value == fresh->services[0].unavailability.value);
}
