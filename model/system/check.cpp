#include "model/system/check.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "model/numerics/sum.hpp"
#include "model/system/graph.hpp"
#include "model/system/load.hpp"

namespace haplan::model {

namespace {

/// Shares are decimal fractions; their sum may be off by the rounding of each.
constexpr double kShareTolerance = 1e-9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Checker {
 public:
  explicit Checker(const System& system) : system_(system) {}

  std::vector<std::string> run() {
    check_ids();
    if (!broken_.empty()) return broken_;
    check_domain_cycles();
    check_dependency_cycles();
    if (!broken_.empty()) return broken_;
    check_order();
    check_domains();
    check_levels();
    for (const Component& component : system_.components) check_component(component);
    return broken_;
  }

 private:
  void require(bool kept, const std::string& sentence) {
    if (!kept) broken_.push_back(sentence);
  }

  static bool is_amount(double x) { return std::isfinite(x) && x >= 0.0; }
  static bool is_probability(double x) { return x >= 0.0 && x <= 1.0; }

  void check_requirement(const Requirement& requirement, const std::string& where) {
    using Kind = Requirement::Kind;
    if (requirement.kind == Kind::component) {
      require(requirement.component < system_.components.size(),
              where + " names a component that does not exist");
      return;
    }
    if (requirement.kind == Kind::connected) {
      const auto& ends = requirement.terminals;
      require(
          ends.size() >= 2 && ends.back() < system_.network.vertices.size() &&
              std::adjacent_find(ends.begin(), ends.end(), std::greater_equal<>()) == ends.end(),
          where + ": connected needs at least two vertices, ascending and distinct");
    }
    const int members = static_cast<int>(requirement.of.size());
    if (requirement.kind == Kind::any) require(members > 0, where + ": any needs a member");
    if (requirement.kind == Kind::at_least) {
      require(requirement.n >= 1 && requirement.n <= members,
              where + ": atLeast needs n between 1 and its number of members");
    }
    if (requirement.switchover) {
      require(requirement.kind == Kind::any && is_amount(*requirement.switchover),
              where + ": switchover is a time of an any gate");
    }
    for (const Requirement& member : requirement.of) check_requirement(member, where);
  }

  void check_ids() {
    require(!system_.levels.empty(), "there is no load level");
    const auto parent_exists = [this](const auto& place) {
      require(!place.parent || *place.parent < system_.domains.size(),
              place.name + " lies in a domain that does not exist");
    };
    for (const Domain& domain : system_.domains) parent_exists(domain);
    for (const Node& node : system_.nodes) parent_exists(node);
    for (const Component& component : system_.components) {
      check_requirement(component.depends_on, component.name);
      check_requirement(component.gate, component.name);
      require(!component.storage.claim || *component.storage.claim < system_.claims.size(),
              component.name + " uses a claim that does not exist");
      require(std::all_of(component.allowed.begin(), component.allowed.end(),
                          [this](NodeId id) { return id < system_.nodes.size(); }),
              component.name + " may use a node that does not exist");
    }
    for (const Service& service : system_.services) {
      check_requirement(service.requires_, service.name);
    }
    for (const Link& link : system_.network.links) {
      require(std::max(link.a, link.b) < system_.network.vertices.size() && link.a != link.b,
              link.name + " does not join two vertices that exist");
    }
  }

  void check_domain_cycles() {
    std::vector<std::vector<std::size_t>> parents;
    for (const Domain& domain : system_.domains) {
      parents.emplace_back();
      if (domain.parent) parents.back().push_back(*domain.parent);
    }
    report_cycle(dependency_order(parents).cycle, system_.domains, "domains lie in a circle: ");
  }

  void check_dependency_cycles() {
    report_cycle(dependency_order(system_).cycle, system_.components,
                 "components depend on each other in a circle: ");
  }

  template <class Named>
  void report_cycle(const std::vector<std::size_t>& cycle, const std::vector<Named>& all,
                    std::string sentence) {
    if (cycle.empty()) return;
    for (const std::size_t id : cycle) sentence += all[id].name + " -> ";
    broken_.push_back(sentence + all[cycle.front()].name);
  }

  template <class Named, class Less>
  void check_sorted(const std::vector<Named>& all, const char* what, const Less& less) {
    for (std::size_t i = 1; i < all.size(); ++i) {
      require(less(all[i - 1].name, all[i].name),
              std::string(what) + " are not in name order at " + all[i].name);
    }
  }

  void check_order() {
    const auto bytes = [](const std::string& a, const std::string& b) { return a < b; };
    check_sorted(system_.components, "components", bytes);
    check_sorted(system_.services, "services", bytes);
    check_sorted(system_.nodes, "nodes", natural_less);
    check_sorted(system_.network.vertices, "vertices", natural_less);
    check_sorted(system_.network.links, "links", natural_less);
  }

  void check_modes(const std::vector<DomainMode>& modes, const std::string& where) {
    for (const DomainMode& mode : modes) {
      require(is_amount(mode.rate) && is_amount(mode.repair) && is_amount(mode.sigma),
              where + "." + mode.name + ": rate, repair and sigma must be finite and not negative");
    }
  }

  void check_domains() {
    for (const Domain& domain : system_.domains) check_modes(domain.modes, domain.name);
    for (const Node& node : system_.nodes) check_modes(node.modes, node.name);
    for (const Claim& claim : system_.claims) check_modes(claim.modes, claim.name);
    for (const Vertex& vertex : system_.network.vertices) check_modes(vertex.modes, vertex.name);
    for (const Link& link : system_.network.links) check_modes(link.modes, link.name);
    if (!system_.drain) return;
    const Drain& drain = *system_.drain;
    require(drain.every > 0.0 && is_amount(drain.per_node) &&
                static_cast<double>(system_.nodes.size()) * drain.per_node < drain.every,
            "drains of all nodes together must take less than the time between two of the same");
  }

  void check_levels() {
    CompensatedSum shares;
    for (const Level& level : system_.levels) {
      shares.add(level.share);
      require(is_probability(level.share), level.name + ": share must be a probability");
      require(!level.users || !level.rate, level.name + " has both users and a rate");
      require(is_amount(level.ramp) && level.every > 0.0,
              level.name + ": ramp and every must be times");
      if (level.users && level.users->num > 0) check_closed(level);
    }
    require(std::abs(shares.value() - 1.0) <= kShareTolerance, "shares of levels must sum to 1");
    const auto has_load = [](const Service& service) { return service.load.has_value(); };
    require(std::all_of(system_.services.begin(), system_.services.end(), has_load) ||
                std::none_of(system_.services.begin(), system_.services.end(), has_load),
            "either all services give a load or none does");
  }

  void check_closed(const Level& level) {
    for (ServiceId service = 0; service < system_.services.size(); ++service) {
      const std::vector<ComponentId> path = path_of(system_, service);
      const bool takes_time =
          level.think_time.num > 0 || std::any_of(path.begin(), path.end(), [this](ComponentId id) {
            return system_.components[id].service_time.num > 0;
          });
      require(takes_time, level.name +
                              ": users without think time need service times on the path of " +
                              system_.services[service].name);
    }
  }

  void check_component(const Component& c) {
    for (const FailureMode& mode : c.modes) {
      require(is_amount(mode.rate) && is_amount(mode.repair.value_or(0.0)),
              c.name + "." + mode.name + ": rate and repair must be finite and not negative");
      require(mode.repair || mode.detection != Detection::manual,
              c.name + "." + mode.name + ": a manual mode needs a repair time");
    }
    for (const CommonCause& cause : c.common_causes) {
      require(is_amount(cause.rate) && is_amount(cause.outage),
              c.name + "." + cause.name + ": rate and repair must be finite and not negative");
    }
    require(is_probability(c.replica_unavailability.value_or(0.0)) &&
                is_probability(c.false_failure.value_or(0.0)) && is_probability(c.retry),
            c.name + ": probabilities must lie in [0, 1]");
    require(!c.probe_latency ||
                (c.probe_latency->p50 > 0.0 && c.probe_latency->p99 >= c.probe_latency->p50),
            c.name + ": probeLatency needs 0 < p50 <= p99");
    require(!c.throughput || (c.throughput->num > 0 && c.max_utilization.num > 0),
            c.name + ": throughput and maxUtilization must be positive");
    require(c.need.empty() || c.need.size() == system_.levels.size(),
            c.name + ": need must be given for each level or for none");
    require(!c.movable || c.storage.kind != StorageKind::local,
            c.name + ": movable with local storage");
    require(std::is_sorted(c.allowed.begin(), c.allowed.end()) &&
                std::adjacent_find(c.allowed.begin(), c.allowed.end()) == c.allowed.end(),
            c.name + ": allowed nodes must be ascending");
    require(c.type != ComponentType::external || c.external.has_value(),
            c.name + ": an external component needs an availability");
    require(!c.failover || is_probability(c.failover->success),
            c.name + ": success of a failover must be a probability");
    check_chain(c);
  }

  void check_chain(const Component& c) {
    if (c.type != ComponentType::markov) return;
    require(c.chain && !c.chain->states.empty(), c.name + ": a markov component needs states");
    if (!c.chain) return;
    const StateChain& chain = *c.chain;
    require(chain.serves.size() == chain.states.size(),
            c.name + ": every state serves or does not");
    for (const ChainTransition& t : chain.transitions) {
      require(t.from < chain.states.size() && t.to < chain.states.size(),
              c.name + ": a transition names a state that does not exist");
      require(std::isfinite(t.rate) && t.rate > 0.0,
              c.name + ": rates of transitions must be positive");
    }
  }

  const System& system_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> check_system(const System& system) { return Checker(system).run(); }

bool natural_less(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a;
  const std::string_view whole_b = b;
  const auto take_number = [](std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && is_digit(text[end])) ++end;
    std::string_view digits = text.substr(0, end);
    text.remove_prefix(end);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    return digits;
  };
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view x = take_number(a);
      const std::string_view y = take_number(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
      continue;
    }
    if (a.front() != b.front()) {
      return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front());
    }
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;  // 07 and 7: equal as numbers, still two names
}

}  // namespace haplan::model
