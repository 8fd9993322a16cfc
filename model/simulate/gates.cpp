#include "model/simulate/gates.hpp"

#include <algorithm>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

using Kind = Requirement::Kind;

class GateMaker {
 public:
  explicit GateMaker(const System& system) : system_(system) {
    gates_.of_component.assign(system.components.size(), kNowhere);
  }

  Gates run() {
    for (const Service& service : system_.services) {
      const std::uint32_t top = add(0);
      gates_.of_service.push_back(top);
      require(service.requires_, top);
    }
    return std::move(gates_);
  }

 private:
  std::uint32_t add(int most_bad) {
    gates_.most_bad.push_back(most_bad);
    gates_.parents.emplace_back();
    return static_cast<std::uint32_t>(gates_.most_bad.size() - 1);
  }

  void connect(std::uint32_t child, std::uint32_t parent) {
    gates_.parents[child].push_back(parent);
  }

  /// `parent` gets one input: whether `what` is met. An empty gate is always met.
  void attach(const Requirement& what, std::uint32_t parent) {
    if (what.kind == Kind::component) {
      connect(component(what.component), parent);
      return;
    }
    if (what.kind != Kind::connected && what.of.empty()) return;
    const std::uint32_t gate = add(most_bad(what));
    if (what.kind == Kind::connected) gates_.connected.push_back({what.terminals, gate});
    for (const Requirement& member : what.of) attach(member, gate);
    const double rate = what.switchover ? first_member_rate(what) : 0.0;
    if (rate > 0.0) {
      const std::uint32_t both = add(0);
      connect(gate, both);
      connect(both, parent);
      gates_.switchovers.push_back({what.name, rate, *what.switchover, both});
    } else {
      connect(gate, parent);
    }
  }

  /// Everything in `what`, an input each, below a gate that tolerates nothing.
  void require(const Requirement& what, std::uint32_t parent) {
    if (what.kind != Kind::all) {
      attach(what, parent);
      return;
    }
    for (const Requirement& member : what.of) require(member, parent);
  }

  static int most_bad(const Requirement& what) {
    const auto count = static_cast<int>(what.of.size());
    if (what.kind == Kind::any) return count - 1;
    if (what.kind == Kind::at_least) return count - what.n;
    return 0;
  }

  [[nodiscard]] double first_member_rate(const Requirement& gate) const {
    if (gate.kind == Kind::connected || gate.of.front().kind != Kind::component) return 0.0;
    const Component& first = system_.components[gate.of.front().component];
    return first.external ? first.external->rate : 0.0;
  }

  std::uint32_t component(ComponentId id) {
    HAPLAN_EXPECTS(id < gates_.of_component.size());
    if (gates_.of_component[id] != kNowhere) return gates_.of_component[id];
    const std::uint32_t gate = add(0);
    gates_.of_component[id] = gate;
    require(system_.components[id].depends_on, gate);
    require(system_.components[id].gate, gate);
    return gate;
  }

  const System& system_;
  Gates gates_;
};

}  // namespace

Lists::Lists(const std::vector<std::vector<std::uint32_t>>& lists) {
  for (const auto& list : lists) {
    items_.insert(items_.end(), list.begin(), list.end());
    first_.push_back(static_cast<std::uint32_t>(items_.size()));
  }
}

Gates make_gates(const System& system) { return GateMaker(system).run(); }

}  // namespace haplan::model
