#include "solver/no_room.hpp"

#include <algorithm>

#include "model/availability/occupancy.hpp"
#include "solver/phrases.hpp"
#include "solver/placement.hpp"

namespace haplan::solver {

using namespace model;

namespace {

std::string list_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

/// "16 Gi memory", "2.5 cpu", "1 nvidia.com/gpu".
std::string amount(const std::string& resource, std::int64_t thousandths) {
  constexpr double kGibi = 1024.0 * 1024 * 1024 * 1000;
  const double value = static_cast<double>(thousandths);
  if (resource == "memory") return significant(value / kGibi, 3) + " Gi memory";
  return plain_number(value / 1000) + " " + resource;
}

class Reasons {
 public:
  explicit Reasons(const Problem& problem)
      : problem_(problem),
        system_(problem.system),
        load_(load_table(system_)),
        amounts_(amounts_of(system_)) {
    for (ComponentId c = 0; c < system_.components.size(); ++c) {
      if (!system_.components[c].replicated()) continue;
      replicated_.push_back(c);
      smallest_.resize(c + 1, 0);
      smallest_[c] = largest_replicas(system_, load_, problem.before.components[c], c);
    }
  }

  NoRoom find() {
    for (const auto search :
         {&Reasons::one_replica, &Reasons::sum, &Reasons::one_component, &Reasons::together})
      if (auto reason = (this->*search)()) return *reason;
    return {"no combination of the allowed counts and settings can be placed",
            {"wider ranges, more or larger nodes, or looser rules"}};
  }

 private:
  [[nodiscard]] std::string replicas(ComponentId c) const {
    return count_text(static_cast<std::size_t>(smallest_[c]), "replica") + " of " +
           system_.components[c].name;
  }

  /// A replica that no node it may use could ever hold.
  std::optional<NoRoom> one_replica() {
    for (const ComponentId c : replicated_) {
      const Component& component = system_.components[c];
      for (std::size_t r = 0; r < amounts_.resource.size(); ++r) {
        std::int64_t most = 0;
        for (const NodeId node : component.allowed)
          most = std::max(most, amounts_.capacity[node][r]);
        const std::int64_t asked = amounts_.request[c][r];
        if (asked <= most) continue;
        const std::string& resource = amounts_.resource[r];
        const bool restricted = component.allowed.size() < system_.nodes.size();
        return NoRoom{"a replica of " + component.name + " requests " + amount(resource, asked) +
                          ", and no node" + (restricted ? " that it may use" : "") +
                          " has more than " + amount(resource, most),
                      {"a node with " + amount(resource, asked) + " for " + component.name +
                       ", or a smaller request"}};
      }
    }
    return std::nullopt;
  }

  /// Placed with the requests of these components only.
  [[nodiscard]] std::optional<Deployment> placed(const std::vector<ComponentId>& present) const {
    Problem part = problem_;
    for (const ComponentId c : replicated_)
      if (std::ranges::find(present, c) == present.end()) {
        part.system.components[c].requests.clear();
        // Others go wherever they can, so that only those asked about decide.
        part.system.components[c].spread.hard = false;
        part.system.components[c].storage.claim.reset();
      }
    return any_placement(part, load_, part.before);
  }

  [[nodiscard]] std::string rules(ComponentId c) const {
    const Component& component = system_.components[c];
    std::vector<std::string> rules;
    if (shares_one_node(system_, component))
      rules.push_back("all on one node because the claim " +
                      system_.claims[*component.storage.claim].name + " is ReadWriteOnce");
    else if (spreads_hard(system_, component))
      rules.push_back("spread over " + component.spread.over + " with maxSkew " +
                      std::to_string(component.spread.max_skew));
    if (component.allowed.size() < system_.nodes.size())
      rules.push_back("pin and forbid leave " + count_text(component.allowed.size(), "node"));
    return list_of(rules);
  }

  std::optional<NoRoom> one_component() {
    for (const ComponentId c : replicated_) {
      if (placed({c})) continue;
      const std::string why = rules(c);
      const std::string& name = system_.components[c].name;
      return NoRoom{
          "the " + replicas(c) + " cannot be placed even on empty nodes" +
              (why.empty() ? "" : " (" + why + ")"),
          {"more or larger nodes for " + name + ", fewer replicas of it, or looser rules"}};
    }
    return std::nullopt;
  }

  std::optional<NoRoom> sum() {
    for (std::size_t r = 0; r < amounts_.resource.size(); ++r) {
      std::int64_t asked = 0;
      std::int64_t there = 0;
      bool unlimited = false;
      for (const ComponentId c : replicated_) asked += amounts_.request[c][r] * smallest_[c];
      for (NodeId node = 0; node < system_.nodes.size(); ++node) {
        unlimited = unlimited || amounts_.capacity[node][r] == kUnlimited;
        if (!unlimited) there += amounts_.capacity[node][r];
      }
      if (unlimited || asked <= there) continue;
      const std::string& resource = amounts_.resource[r];
      return NoRoom{"the smallest counts request " + amount(resource, asked) +
                        " together, and all nodes have " + amount(resource, there),
                    {amount(resource, asked - there) +
                     " more on the nodes, smaller requests, or smaller counts"}};
    }
    return std::nullopt;
  }

  std::optional<NoRoom> together() {
    std::vector<ComponentId> kept = replicated_;
    if (placed(kept)) return std::nullopt;
    for (const ComponentId c : replicated_) {
      std::vector<ComponentId> fewer = kept;
      std::erase(fewer, c);
      if (!placed(fewer)) kept = std::move(fewer);
    }
    std::vector<std::string> words;
    for (const ComponentId c : kept) words.push_back(replicas(c));
    const std::string reason = "the " + list_of(words) + " do not fit on the nodes together";
    const std::string left = left_over(kept);
    return NoRoom{reason + left,
                  {"more or larger nodes, or smaller requests or looser rules for " + names(kept)}};
  }

  [[nodiscard]] std::string names(const std::vector<ComponentId>& components) const {
    std::vector<std::string> words;
    for (const ComponentId c : components) words.push_back(system_.components[c].name);
    return list_of(words);
  }

  /// ": no node has 16 Gi memory left for db": what is missing once all others are placed.
  [[nodiscard]] std::string left_over(const std::vector<ComponentId>& kept) const {
    for (std::size_t r = 0; r < amounts_.resource.size(); ++r) {
      for (const ComponentId last : kept) {
        const std::int64_t asked = amounts_.request[last][r];
        std::vector<ComponentId> others = kept;
        std::erase(others, last);
        const auto there = placed(others);
        if (!there || asked == 0 || most_left(*there, others, last, r) >= asked) continue;
        return ": no node has " + amount(amounts_.resource[r], asked) + " left for " +
               system_.components[last].name;
      }
    }
    return {};
  }

  /// On any node that `last` may use, once the others are where they are.
  [[nodiscard]] std::int64_t most_left(const Deployment& there,
                                       const std::vector<ComponentId>& others, ComponentId last,
                                       std::size_t r) const {
    std::int64_t most = 0;
    for (const NodeId node : system_.components[last].allowed) {
      std::int64_t left = amounts_.capacity[node][r];
      for (const ComponentId c : others)
        left -= amounts_.request[c][r] * std::ranges::count(there.components[c].nodes, node);
      most = std::max(most, left);
    }
    return most;
  }

  const Problem& problem_;
  const System& system_;
  LoadTable load_;
  Amounts amounts_;
  std::vector<ComponentId> replicated_;
  std::vector<int> smallest_;  ///< per component: replicas at its largest level
};

}  // namespace

NoRoom no_room(const Problem& problem) { return Reasons(problem).find(); }

}  // namespace haplan::solver
