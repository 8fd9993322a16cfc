#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <tuple>

#include "model/availability/cut_sets.hpp"
#include "model/availability/drill.hpp"
#include "model/availability/importance.hpp"
#include "model/availability/window.hpp"
#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"
#include "tests/support/relabelled.hpp"

// Properties of every figure of a service, of its drills and of its windows, beyond its unavailability.

namespace {

using namespace haplan;
using namespace haplan::model;
using test::near_relative;
using test::Random;
using test::random_sample;
using test::relabelled;
using test::Sample;
using test::shuffled;

constexpr std::uint64_t kSystems = 60;
constexpr double kWindow = 30 * 86400.0;
constexpr double kBudget = 300.0;

struct Whole {
  Evaluation evaluation;
  std::vector<LossDrill> drills;
  std::vector<WindowFigures> windows;
};

Whole whole_of(const Sample& sample) {
  Whole whole;
  auto figures = evaluate(sample.system, sample.deployment);
  REQUIRE(figures.has_value());
  whole.evaluation = std::move(*figures);
  auto drills = drill(sample.system, sample.deployment,
                      [](ServiceId, LossKind) { return std::optional<double>(10.0); });
  REQUIRE(drills.has_value());
  whole.drills = std::move(*drills);
  for (const ServiceFigures& service : whole.evaluation.services) {
    whole.windows.push_back(downtime_in_window(service, kWindow, kBudget));
  }
  return whole;
}

using Name = std::tuple<CauseKind, std::string, std::string>;

/// Numbers of a service by names, the nodes' translated to the other system's.
template <class Element, class Number>
std::map<Name, double> by_name(const std::vector<Element>& all, Number number,
                               const std::map<std::string, std::string>& rename) {
  std::map<Name, double> result;
  for (const Element& one : all) {
    const bool place = one.kind == CauseKind::node || one.kind == CauseKind::drain;
    const auto other = rename.find(one.subject);
    result[{one.kind, place && other != rename.end() ? other->second : one.subject, one.mode}] =
        number(one);
  }
  return result;
}

/// What one of them does not have is nothing there.
void check_near(const std::map<Name, double>& a, std::map<Name, double> b, double scale) {
  for (const auto& [name, value] : a) b.try_emplace(name, 0.0);
  for (const auto& [name, other] : b) {
    INFO(std::get<1>(name) << " " << std::get<2>(name));
    const auto found = a.find(name);
    const double value = found == a.end() ? 0.0 : found->second;
    // What rounding leaves of nothing has no digits to compare.
    if (std::max(std::abs(value), std::abs(other)) > 1e-12 * scale)
      CHECK(near_relative(value, other, 1e-9));
  }
}

const ServiceDrill& drilled(const Whole& whole, LossKind kind, std::size_t subject, ServiceId s) {
  const auto found = std::ranges::find_if(whole.drills, [&](const LossDrill& one) {
    return one.loss.kind == kind && one.loss.subject == subject;
  });
  REQUIRE(found != whole.drills.end());
  return found->services[s];
}

/// Whether `after` is at least as good as `before`, up to rounding; infinite is as bad as infinite.
bool not_more(double after, double before) {
  return after <= before || after <= before * (1 + 1e-9) + 1e-300;
}

void check_drills_not_worse(const Whole& before, const Whole& after) {
  for (const LossDrill& one : before.drills)
    for (ServiceId s = 0; s < one.services.size(); ++s) {
      INFO("loss " << static_cast<int>(one.loss.kind) << " of " << one.loss.subject);
      const ServiceDrill& was = one.services[s];
      const ServiceDrill& is = drilled(after, one.loss.kind, one.loss.subject, s);
      CHECK(not_more(is.figures.until_up, was.figures.until_up));
      for (std::size_t i = 0; i < was.checkpoints.size(); ++i)
        if (is.level == was.level)
          CHECK(is.checkpoints[i].up >= was.checkpoints[i].up * (1 - 1e-9) - 1e-12);
    }
}

}  // namespace

TEST_CASE("figures: relabelling nodes changes no figure, drill or window") {
  std::size_t causes = 0, drills = 0;
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) {
    INFO("seed " << seed);
    Sample sample = random_sample(seed);
    sample.system.drain.reset();  // a drain moves replicas to the first node by name
    Random random(seed + 700'000);
    const auto to = shuffled(sample.system.nodes.size(), random);
    const Sample other = relabelled(sample, to);
    std::map<std::string, std::string> rename;
    for (std::size_t i = 0; i < to.size(); ++i)
      rename[sample.system.nodes[i].name] = other.system.nodes[to[i]].name;
    const Whole a = whole_of(sample);
    const Whole b = whole_of(other);
    for (ServiceId s = 0; s < a.windows.size(); ++s) {
      const ServiceFigures& x = a.evaluation.services[s];
      const ServiceFigures& y = b.evaluation.services[s];
      const double u = x.unavailability.value;
      CHECK(near_relative(x.error_ratio, y.error_ratio, 1e-11));
      CHECK(near_relative(x.data_loss, y.data_loss, 1e-15));
      CHECK(x.recovery.has_value() == y.recovery.has_value());
      if (x.recovery) CHECK(near_relative(x.recovery->worst, y.recovery->worst, 1e-15));
      for (std::size_t l = 0; l < x.level_unavailability.size(); ++l) {
        CHECK(near_relative(x.level_unavailability[l], y.level_unavailability[l], 1e-10));
        CHECK(x.response_time[l] == y.response_time[l]);
      }
      check_near(by_name(
                     x.causes, [](const Cause& c) { return c.share; }, rename),
                 by_name(y.causes, [](const Cause& c) { return c.share; }, {}), u);
      causes += x.causes.size();
      for (NodeId n = 0; n < to.size(); ++n) {
        CHECK(near_relative(x.node_losses[n].until_up, y.node_losses[to[n]].until_up, 1e-12));
        CHECK(
            near_relative(x.node_losses[n].failed_share, y.node_losses[to[n]].failed_share, 1e-12));
      }
      if (x.outage_frequency > 1e-18) {
        CHECK(near_relative(a.windows[s].mean, b.windows[s].mean, 1e-9));
        CHECK(near_relative(a.windows[s].kept.value, b.windows[s].kept.value, 1e-6));
      }
      for (const LossDrill& one : a.drills) {
        const std::size_t subject =
            one.loss.kind == LossKind::node ? to[one.loss.subject] : one.loss.subject;
        const ServiceDrill& was = one.services[s];
        const ServiceDrill& is = drilled(b, one.loss.kind, subject, s);
        CHECK(near_relative(was.figures.until_up, is.figures.until_up, 1e-12));
        CHECK(near_relative(was.median, is.median, 1e-6));
        for (std::size_t i = 0; i < was.checkpoints.size(); ++i)
          CHECK(near_relative(was.checkpoints[i].up, is.checkpoints[i].up, 1e-9));
        ++drills;
      }
    }
    const auto important = importance(sample.system, sample.deployment);
    const auto again = importance(other.system, other.deployment);
    const auto cuts = minimal_cut_sets(sample.system, sample.deployment);
    const auto cuts_again = minimal_cut_sets(other.system, other.deployment);
    REQUIRE(important.has_value());
    REQUIRE(again.has_value());
    REQUIRE(cuts.has_value());
    REQUIRE(cuts_again.has_value());
    for (ServiceId s = 0; s < important->size(); ++s) {
      const auto number = [](const Importance& one) { return one.criticality; };
      check_near(by_name((*important)[s], number, rename), by_name((*again)[s], number, {}), 1.0);
      REQUIRE((*cuts)[s].sets.size() == (*cuts_again)[s].sets.size());
      for (std::size_t i = 0; i < (*cuts)[s].sets.size(); ++i)
        CHECK(near_relative((*cuts)[s].sets[i].probability, (*cuts_again)[s].sets[i].probability,
                            1e-9));
    }
  }
  CHECK(causes > 200);
  CHECK(drills > 200);
}

TEST_CASE("figures: one more replica at a fixed need makes no drill and no window worse") {
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) {
    INFO("seed " << seed);
    Sample sample = random_sample(seed);
    // One more replica may cost the headroom, and sends drained ones elsewhere: both are other questions.
    sample.system.drain.reset();
    for (Node& node : sample.system.nodes) node.capacity.clear();
    for (Component& c : sample.system.components) c.spread.hard = false;
    const Whole before = whole_of(sample);
    for (std::size_t c = 0; c < sample.system.components.size(); ++c) {
      ComponentPlan& plan = sample.deployment.components[c];
      if (sample.system.components[c].type != ComponentType::stateless || plan.autoscale) continue;
      ++plan.replicas;
      if (!plan.nodes.empty()) plan.nodes.push_back(plan.nodes.front());
    }
    const Whole after = whole_of(sample);
    check_drills_not_worse(before, after);
    for (ServiceId s = 0; s < before.windows.size(); ++s) {
      const ServiceFigures& was = before.evaluation.services[s];
      const ServiceFigures& is = after.evaluation.services[s];
      CHECK(not_more(after.windows[s].mean, before.windows[s].mean));
      CHECK(not_more(is.independent, was.independent));
      CHECK(not_more(is.worst_response_time, was.worst_response_time));
      for (std::size_t l = 0; l < was.level_unavailability.size(); ++l)
        CHECK(not_more(is.level_unavailability[l], was.level_unavailability[l]));
    }
  }
}

TEST_CASE("figures: faster repair makes no request, drill or window worse") {
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) {
    INFO("seed " << seed);
    Sample sample = random_sample(seed);
    const Whole before = whole_of(sample);
    const auto quicken = [](std::vector<DomainMode>& modes) {
      for (DomainMode& mode : modes) mode.repair *= 0.6;
    };
    for (Domain& d : sample.system.domains) quicken(d.modes);
    for (Node& n : sample.system.nodes) quicken(n.modes);
    for (Claim& c : sample.system.claims) quicken(c.modes);
    for (Vertex& v : sample.system.network.vertices) quicken(v.modes);
    for (Link& l : sample.system.network.links) quicken(l.modes);
    for (Component& c : sample.system.components) {
      for (FailureMode& mode : c.modes)
        if (mode.repair) *mode.repair *= 0.6;
      for (CommonCause& cause : c.common_causes) cause.outage *= 0.6;
    }
    const Whole after = whole_of(sample);
    check_drills_not_worse(before, after);
    for (ServiceId s = 0; s < before.windows.size(); ++s) {
      const ServiceFigures& was = before.evaluation.services[s];
      const ServiceFigures& is = after.evaluation.services[s];
      CHECK(not_more(after.windows[s].mean, before.windows[s].mean));
      CHECK(not_more(is.independent, was.independent));
      CHECK(not_more(is.error_ratio, was.error_ratio));
      CHECK(is.worst_response_time == was.worst_response_time);
      CHECK((is.recovery ? is.recovery->worst : 0.0) == (was.recovery ? was.recovery->worst : 0.0));
    }
  }
}

TEST_CASE("figures: shares, frequencies and windows of causes add up") {
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) {
    INFO("seed " << seed);
    const Whole whole = whole_of(random_sample(seed));
    for (ServiceId s = 0; s < whole.windows.size(); ++s) {
      const ServiceFigures& figures = whole.evaluation.services[s];
      double share = 0.0;
      double frequency = 0.0;
      for (const Cause& cause : figures.causes) {
        share += cause.share;
        frequency += cause.frequency;
      }
      for (const double entries : figures.entry_frequency) frequency += entries;
      CHECK(near_relative(share, figures.unavailability.value, 1e-9));
      if (figures.outage_frequency > 1e-18) {
        CHECK(near_relative(frequency, figures.outage_frequency, 1e-9));
        CHECK(near_relative(figures.mean_outage * frequency, share, 1e-9));
      }
      CHECK(near_relative(whole.windows[s].mean, share * kWindow, 1e-9));
      // Outages of any length are as many as there are outages, and together as long as the downtime.
      const std::vector<DownFor>& ages = figures.down_for;
      CHECK(near_relative(ages.front().share, figures.unavailability.value, 1e-9));
      if (ages.size() > 1 && figures.outage_frequency > 1e-18)
        CHECK(near_relative((ages[0].share - ages[1].share) / ages[1].age, figures.outage_frequency,
                            0.01));
      for (std::size_t k = 1; k < ages.size(); ++k)
        CHECK(ages[k].share <= ages[k - 1].share + 1e-9 * ages[0].share);
      for (const LossDrill& one : whole.drills)
        for (const CurvePoint& point : one.services[s].checkpoints) {
          CHECK(point.up >= -1e-12);
          CHECK(point.up <= 1 + 1e-12);
        }
    }
  }
}
