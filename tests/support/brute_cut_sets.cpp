#include "tests/support/brute_cut_sets.hpp"

#include "tests/support/oracle/parts.hpp"

namespace haplan::test {

namespace {

using namespace oracle;

/// One coordinate of the lattice: an element whose states are ranked by badness, 0 the best.
struct Axis {
  CauseKey key;
  std::vector<Real> probability;  ///< of each rank above 0
  std::optional<std::size_t> element;
  std::optional<std::size_t> variable;
  std::optional<std::pair<std::size_t, int>> replica;  ///< component, index
};

struct Situation {
  Real weight = 0;
  model::LevelId level = 0;
  std::vector<int> fixed;  ///< states of the world's elements; the drain's is set
  CauseKey drain;          ///< or empty
};

class Lattice {
 public:
  Lattice(const World& world, const Situation& situation, model::ServiceId service)
      : world_(world), situation_(situation), service_(service) {
    variables_ = variables(world, situation.level, service);
    add_axes();
    for (const Axis& axis : axes_) {
      stride_.push_back(states_);
      if (states_ < std::size_t{1} << 40U) states_ *= axis.probability.size() + 1;
    }
  }

  [[nodiscard]] std::size_t states() const { return states_; }
  [[nodiscard]] const std::vector<bool>& down() const { return down_; }

  void fill() {
    down_.resize(states_);
    for (std::size_t x = 0; x < states_; ++x) down_[x] = is_down(x);
  }

  [[nodiscard]] Real probability(std::size_t x) const {
    Real p = 1;
    for (std::size_t a = 0; a < axes_.size(); ++a) p *= of_rank(axes_[a], rank(x, a));
    return p;
  }

  [[nodiscard]] Real sum(const std::vector<bool>& in) const {
    Real total = 0;
    for (std::size_t x = 0; x < states_; ++x)
      if (in[x]) total += probability(x);
    return total;
  }

  /// Least vectors of a set that is closed upwards.
  [[nodiscard]] std::vector<bool> minimal(const std::vector<bool>& set) const {
    std::vector<bool> out(states_);
    for (std::size_t x = 0; x < states_; ++x) {
      out[x] = set[x];
      for (std::size_t a = 0; a < axes_.size(); ++a)
        if (rank(x, a) > 0 && set[x - stride_[a]]) out[x] = false;
    }
    return out;
  }

  [[nodiscard]] std::vector<bool> closed(std::vector<bool> set) const {
    for (std::size_t x = 0; x < states_; ++x)
      for (std::size_t a = 0; a < axes_.size() && !set[x]; ++a)
        if (rank(x, a) > 0 && set[x - stride_[a]]) set[x] = true;
    return set;
  }

  void add(BruteCuts& out, const std::vector<bool>* undrained) const {
    out.unavailability += situation_.weight * sum(down_);
    const std::vector<bool> cuts = minimal(down_);
    std::map<CauseKey, std::vector<bool>> with;
    for (std::size_t x = 0; x < states_; ++x) {
      if (!cuts[x]) continue;
      std::size_t order = 0;
      Real p = situation_.weight;
      for (std::size_t a = 0; a < axes_.size(); ++a) {
        if (rank(x, a) == 0) continue;
        ++order;
        Real at_least = 0;  // this bad or worse
        for (std::size_t r = rank(x, a); r <= axes_[a].probability.size(); ++r)
          at_least += axes_[a].probability[r - 1];
        p *= at_least;
        auto& set = with[axes_[a].key];
        set.resize(states_);
        set[x] = true;
      }
      if (out.order_sum.size() < order + 1) out.order_sum.resize(order + 1);
      out.order_sum[order] += p;
    }
    for (auto& [key, set] : with) out.with[key] += situation_.weight * sum(closed(set));
    if (undrained == nullptr) return;
    std::vector<bool> only(states_);
    for (std::size_t x = 0; x < states_; ++x) only[x] = down_[x] && !(*undrained)[x];
    out.with[situation_.drain] += situation_.weight * sum(closed(only));
  }

 private:
  static Real of_rank(const Axis& axis, std::size_t r) {
    if (r > 0) return axis.probability[r - 1];
    Real up = 1;
    for (const Real p : axis.probability) up -= p;
    return up;
  }

  [[nodiscard]] std::size_t rank(std::size_t x, std::size_t a) const {
    return x / stride_[a] % (axes_[a].probability.size() + 1);
  }

  void add_axes() {
    static const std::map<Element::Kind, std::string> kNames{{Element::Kind::node, "node"},
                                                             {Element::Kind::domain, "domain"},
                                                             {Element::Kind::claim, "claim"}};
    for (std::size_t e = 0; e < world_.elements.size(); ++e) {
      const Element& element = world_.elements[e];
      if (element.kind == Element::Kind::drain) continue;
      const std::string name =
          element.kind == Element::Kind::node     ? world_.system.nodes[element.index].name
          : element.kind == Element::Kind::domain ? world_.system.domains[element.index].name
                                                  : world_.system.claims[element.index].name;
      axes_.push_back(
          {{kNames.at(element.kind), name, ""}, {element.q.rbegin(), element.q.rend()}, e, {}, {}});
    }
    for (std::size_t v = 0; v < variables_.size(); ++v) {
      const Variable& variable = variables_[v];
      for (const Factor& factor : variable.factors)
        axes_.push_back({{factor.kind, factor.subject, factor.mode}, {factor.u}, {}, v, {}});
      if (variable.network) {
        const auto [kind, name] = network_name(world_.system, *variable.network);
        axes_.push_back({{kind, name, ""}, {variable.own_u}, {}, v, {}});
      }
      if (!variable.component) continue;
      const model::Component& component = world_.system.components[*variable.component];
      if (component.replicated())
        for (int i = 0; i < world_.load.replicas[situation_.level][*variable.component]; ++i)
          axes_.push_back({{"replica", component.name, ""},
                           {world_.replica[*variable.component].u},
                           {},
                           {},
                           std::pair(*variable.component, i)});
      else if (component.type != model::ComponentType::gate)
        axes_.push_back({{component.chain ? "chain" : "external", component.name, ""},
                         {variable.own_u},
                         {},
                         v,
                         {}});
    }
  }

  [[nodiscard]] bool is_down(std::size_t x) const {
    std::vector<int> state = situation_.fixed;
    std::vector<unsigned> broken(world_.system.components.size(), 0);
    std::size_t up = (std::size_t{1} << variables_.size()) - 1;
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      const std::size_t r = rank(x, a);
      if (r == 0) continue;
      if (axes_[a].element)
        state[*axes_[a].element] = static_cast<int>(axes_[a].probability.size() + 1 - r);
      if (axes_[a].variable) up &= ~(std::size_t{1} << *axes_[a].variable);
      if (axes_[a].replica) broken[axes_[a].replica->first] |= 1U << axes_[a].replica->second;
    }
    const std::vector<unsigned> able = capability(world_, situation_.level, state);
    for (std::size_t v = 0; v < variables_.size(); ++v) {
      if (!variables_[v].component) continue;
      const std::size_t c = *variables_[v].component;
      if (!world_.system.components[c].replicated()) continue;
      if (__builtin_popcount(able[c] & ~broken[c]) < threshold(world_, situation_.level, c))
        up &= ~(std::size_t{1} << v);
    }
    return !service_up(world_.system, service_, variables_, up);
  }

  const World& world_;
  const Situation& situation_;
  model::ServiceId service_;
  std::vector<Variable> variables_;
  std::vector<Axis> axes_;
  std::vector<std::size_t> stride_;
  std::size_t states_ = 1;
  std::vector<bool> down_;
};

std::vector<Situation> situations(const World& world) {
  std::vector<Situation> out;
  for (std::size_t l = 0; l < world.system.levels.size(); ++l) {
    const Real share = world.system.levels[l].share;
    Real none = 1;
    std::vector<Situation> drained;
    for (std::size_t e = 0; e < world.elements.size(); ++e) {
      const Element& element = world.elements[e];
      if (element.kind != Element::Kind::drain) continue;
      for (std::size_t s = 0; s < element.q.size(); ++s) {
        Situation situation{share * element.q[s],
                            l,
                            std::vector<int>(world.elements.size(), 0),
                            {"drain", world.system.nodes[element.node[s]].name, ""}};
        situation.fixed[e] = static_cast<int>(s) + 1;
        none -= element.q[s];
        drained.push_back(std::move(situation));
      }
    }
    out.push_back({share * none, l, std::vector<int>(world.elements.size(), 0), {}});
    out.insert(out.end(), drained.begin(), drained.end());
  }
  return out;
}

}  // namespace

std::optional<BruteCuts> brute_cut_sets(const model::System& system,
                                        const model::Deployment& deployment,
                                        model::ServiceId service, std::size_t most_states) {
  const World world = make_world(system, deployment);
  BruteCuts out;
  std::vector<bool> undrained;
  for (const Situation& situation : situations(world)) {
    const bool drained = std::get<0>(situation.drain) == "drain";
    Lattice lattice(world, situation, service);
    if (lattice.states() > most_states) return std::nullopt;
    lattice.fill();
    if (!drained) undrained = lattice.down();
    lattice.add(out, drained ? &undrained : nullptr);
  }
  return out;
}

}  // namespace haplan::test
