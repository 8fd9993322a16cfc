#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "planner/certificate/facts.hpp"
#include "planner/certificate/lines.hpp"
#include "planner/certificate/words.hpp"
#include "solver/picks.hpp"

namespace haplan::planner {

namespace {

using nlohmann::json;
using namespace solver;

tl::unexpected<std::string> cannot(std::string why) { return tl::make_unexpected(std::move(why)); }

/// One object with exactly these keys.
class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {}

  [[nodiscard]] bool has(const char* key) const {
    return object_.is_object() && object_.contains(key);
  }

  std::string text(const char* key) {
    const json* found = find(key);
    if (found && found->is_string()) return found->get<std::string>();
    failed_ = true;
    return {};
  }
  double number(const char* key) {
    const json* found = find(key);
    if (found && found->is_number()) return found->get<double>();
    failed_ = true;
    return 0.0;
  }
  template <class T>
  T whole(const char* key) {
    const json* found = find(key);
    if (found && found->is_number_integer()) {
      const auto value = found->get<std::int64_t>();
      if (value >= 0 && static_cast<std::uint64_t>(value) <=
                            static_cast<std::uint64_t>(std::numeric_limits<T>::max()))
        return static_cast<T>(value);
    }
    failed_ = true;
    return 0;
  }
  template <class T>
  std::vector<T> list(const char* key) {
    std::vector<T> list;
    const json* found = find(key);
    if (!found || !found->is_array()) {
      failed_ = true;
      return list;
    }
    for (const json& one : *found)
      if (std::is_integral_v<T> ? one.is_number_integer() : one.is_number())
        list.push_back(one.get<T>());
      else
        failed_ = true;
    return list;
  }
  CountRank rank(const Problem& problem, const char* key) {
    const json* found = find(key);
    if (!found) return {};
    Reader inner(*found);
    CountRank rank;
    rank.peak = inner.whole<int>("peakReplicas");
    rank.mean = inner.number("meanReplicas");
    rank.cpu = inner.whole<std::int64_t>("cpuMillicores");
    rank.memory = inner.whole<std::int64_t>("memoryMillibytes");
    if (counts_costs(problem)) {
      rank.peak_cost = inner.number("peakCost");
      rank.mean_cost = inner.number("meanCost");
    }
    failed_ = failed_ || !inner.good();
    return rank;
  }
  const json* find(const char* key) {
    ++asked_;
    if (has(key)) return &object_.at(key);
    failed_ = true;
    return nullptr;
  }

  /// Every key was there, of its type, and no other is.
  [[nodiscard]] bool good() const { return !failed_ && object_.size() == asked_; }

 private:
  const json& object_;
  std::size_t asked_ = 0;
  bool failed_ = false;
};

template <class Named>
std::optional<std::size_t> index_of(const std::vector<Named>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &Named::name);
  if (found == all.end()) return std::nullopt;
  return static_cast<std::size_t>(found - all.begin());
}

/// Lists of node names per component; false: a name is unknown.
bool read_nodes(const Problem& problem, const json& lists,
                const std::function<void(model::ComponentId, std::vector<model::NodeId>)>& take) {
  if (!lists.is_object()) return false;
  for (const auto& [name, list] : lists.items()) {
    const auto c = index_of(problem.system.components, name);
    if (!c || !list.is_array()) return false;
    std::vector<model::NodeId> nodes;
    for (const json& node : list) {
      const auto found =
          node.is_string() ? index_of(problem.system.nodes, node.get<std::string>()) : std::nullopt;
      if (!found) return false;
      nodes.push_back(*found);
    }
    take(*c, std::move(nodes));
  }
  return true;
}

/// An order of nodes per component.
bool read_witness(const Problem& problem, const json& lists,
                  std::vector<std::vector<model::NodeId>>& witness) {
  witness.assign(problem.system.components.size(), {});
  return read_nodes(problem, lists, [&](model::ComponentId c, std::vector<model::NodeId> nodes) {
    witness[c] = std::move(nodes);
  });
}

bool read_plan(const Problem& problem, const json& plan, model::Deployment& deployment) {
  Reader reader(plan);
  const json* decisions = reader.find("decisions");
  const json* nodes = reader.find("nodes");
  if (!reader.good() || !decisions->is_object() || decisions->size() != problem.decisions.size())
    return false;
  deployment = problem.before;
  for (const Decision& decision : problem.decisions) {
    const auto value = decisions->find(decision.path);
    if (value == decisions->end() || !value->is_number()) return false;
    assign(deployment, decision, value->get<double>());
  }
  return read_nodes(problem, *nodes, [&](model::ComponentId c, std::vector<model::NodeId> list) {
    deployment.components[c].nodes = std::move(list);
  });
}

/// One name of a variant per choice.
bool read_picks(const Problem& problem, const json& names, std::vector<std::size_t>& picks) {
  if (!names.is_object() || names.size() != problem.choices.size()) return false;
  for (const VariantChoice& choice : problem.choices) {
    const model::Component& component = problem.system.components[choice.component];
    const auto name = names.find(component.name);
    if (name == names.end() || !name->is_string()) return false;
    const auto variant = index_of(component.variants, name->get<std::string>());
    if (!variant) return false;
    picks.push_back(*variant);
  }
  return true;
}

bool read_counts(const Problem& problem, const json& plan, std::vector<std::vector<int>>& counts) {
  Reader reader(plan);
  const json* replicas = reader.find("replicas");
  if (!reader.good()) return false;
  Reader lists(*replicas);
  for (const model::Component& component : problem.system.components) {
    counts.push_back(lists.list<int>(component.name.c_str()));
    if (counts.back().size() != std::max<std::size_t>(1, component.variants.size())) return false;
  }
  return lists.good();
}

/// The plan in any form, with its rank.
bool read_claim(const Problem& problem, const json& document, CertificateHead& head) {
  Reader reader(document);
  if (problem.maximize_availability) {
    head.worst = reader.number("unavailability");
    if (!document.contains("unavailability") || !document["unavailability"].is_number())
      return false;
  }
  json plan = document["plan"];
  if (head.form == CertificateForm::ways) return read_counts(problem, plan, head.counts);
  if (!document.contains("rank")) return false;
  head.rank = reader.rank(problem, "rank");
  if (head.form == CertificateForm::boxes) return read_plan(problem, plan, head.plan);
  if (!plan.is_object() || !plan.contains("variants") ||
      !read_picks(problem, plan["variants"], head.picks))
    return false;
  for (std::size_t i = 0; i < head.picks.size(); ++i)
    if (std::ranges::count(problem.choices[i].allowed, head.picks[i]) == 0) return false;
  plan.erase("variants");
  return read_plan(picked_problem(problem, head.picks), plan, head.plan);
}

/// How many replicas of components, of which there are some.
bool read_replicas(const Problem& problem, Reader& reader, const char* key,
                   std::vector<std::size_t>& replicas) {
  replicas.assign(problem.system.components.size(), 0);
  const json* counts = reader.find(key);
  if (!counts || !counts->is_object()) return false;
  Reader each(*counts);
  for (const auto& [name, count] : counts->items()) {
    const auto c = index_of(problem.system.components, name);
    if (!c) return false;
    replicas[*c] = each.whole<std::size_t>(name.c_str());
    if (replicas[*c] == 0) return false;
  }
  return each.good();
}

json parsed(const std::string& line) { return json::parse(line, nullptr, false); }

}  // namespace

Read<CertificateHead> read_head(const Problem& problem, const std::string& line) {
  const json document = parsed(line);
  if (!document.is_object() || document.value("kind", "") != "Certificate")
    return cannot("not a certificate");
  if (document.value("apiVersion", "") != "haplan.dev/v1alpha1" ||
      document.value("formatVersion", "") != "1.4")
    return cannot("a certificate of another version");
  if (!document.contains("facts") || document["facts"] != parsed(facts_of(problem)))
    return cannot("a certificate of other decisions or objectives than those of the spec");
  const std::string claim = document.value("claim", "");
  if (claim != "nothing better" && claim != "nothing at all") return cannot("an unknown claim");
  CertificateHead head;
  if (!document.contains("witness") || !document.contains("scattered") ||
      !read_witness(problem, document["witness"], head.witness) ||
      !read_witness(problem, document["scattered"], head.scattered))
    return cannot("a witness that names no nodes of the spec");
  head.has_plan = claim == "nothing better";
  if (head.has_plan != document.contains("plan"))
    return cannot("a claim that does not fit the plan");
  const auto form = meaning_of(kForms, document.value("form", ""));
  if (!form) return cannot("an unknown form");
  head.form = *form;
  if (head.form == CertificateForm::picks &&
      std::ranges::any_of(problem.system.components, &model::Component::mix))
    return cannot("a form that the spec's variants do not have");
  if (head.has_plan && !read_claim(problem, document, head))
    return cannot("a plan that is not one of the spec");
  return head;
}

bool is_end(const std::string& line) {
  const json document = parsed(line);
  return document.is_object() && document.contains("end");
}

Read<CertificateEntry> read_entry(const Problem& problem, const std::string& line) {
  const json document = parsed(line);
  if (!document.is_object()) return cannot("not a JSON object");
  Reader reader(document);
  CertificateEntry entry;
  if (reader.has("split")) {
    const std::string path = reader.text("split");
    const auto found = std::ranges::find(problem.decisions, path, &Decision::path);
    if (found == problem.decisions.end()) return cannot("a split of no decision");
    entry = Split{static_cast<std::size_t>(found - problem.decisions.begin()), reader.number("at")};
  } else if (reader.has("rank")) {
    entry = RankReason{reader.rank(problem, "rank")};
  } else if (reader.has("room")) {
    if (const json* room = reader.find("room"); *room != false) return cannot("an unknown reason");
    entry = RoomReason{};
  } else if (reader.has("placements")) {
    entry = PlacementsReason{reader.whole<std::size_t>("placements")};
  } else if (reader.has("open")) {
    entry = OpenReason{reader.rank(problem, "open")};
  } else if (reader.has("budget")) {
    const auto budget = index_of(problem.budgets, reader.text("budget"));
    if (!budget) return cannot("an unknown budget");
    entry = BudgetReason{*budget, reader.number("least")};
  } else if (reader.has("variants")) {
    PickEntry pick;
    const json* names = reader.find("variants");
    const json* witness = reader.find("witness");
    const json* scattered = reader.find("scattered");
    if (!read_picks(problem, *names, pick.picks) || witness == nullptr || scattered == nullptr ||
        !read_witness(problem, *witness, pick.witness) ||
        !read_witness(problem, *scattered, pick.scattered))
      return cannot("variants or a witness that the spec does not have");
    entry = pick;
  } else if (reader.has("question")) {
    entry = QuestionEntry{reader.whole<std::size_t>("question")};
  } else if (reader.has("ways")) {
    const auto component = index_of(problem.system.components, reader.text("ways"));
    if (!component) return cannot("an unknown component");
    entry = WaySplit{*component, reader.whole<std::size_t>("at")};
  } else if (reader.has("sift")) {
    Reader weights(*reader.find("sift"));
    SiftEntry sift{{weights.list<double>("measures"), weights.list<double>("goals"),
                    weights.list<double>("place")}};
    if (!weights.good()) return cannot("weights with other members than they should have");
    entry = std::move(sift);
  } else if (reader.has("worse")) {
    const auto objective = reader.whole<std::size_t>("worse");
    entry = WorseReason{objective, reader.number("figure")};
  } else if (reader.has("series")) {
    const auto service = index_of(problem.system.services, reader.text("series"));
    if (!service) return cannot("an unknown service");
    SeriesReason series{.service = *service, .hosts = {}, .figure = reader.number("figure")};
    if (!read_replicas(problem, reader, "ownNodes", series.hosts.own) ||
        !read_replicas(problem, reader, "sharedNodes", series.hosts.shared))
      return cannot("replicas on nodes of their own or shared ones that the spec does not have");
    if (const json* nodes = reader.has("scattered") ? reader.find("scattered") : nullptr;
        nodes && !read_witness(problem, *nodes, series.scattered))
      return cannot("a witness that names no nodes of the spec");
    if (reader.has("keeps")) {
      series.budget = index_of(problem.budgets, reader.text("keeps"));
      if (!series.budget) return cannot("an unknown budget");
    }
    entry = std::move(series);
  } else if (reader.has("misses")) {
    MissReason miss;
    const auto limit = meaning_of(kLimits, reader.text("misses"));
    const auto basis = meaning_of(kBases, reader.text("basis"));
    const auto service = index_of(problem.system.services, reader.text("service"));
    if (!limit || !basis || !service) return cannot("an unknown limit, basis or service");
    miss.limit = *limit;
    miss.basis = *basis;
    miss.service = *service;
    if (reader.has("component")) {
      miss.component = index_of(problem.system.components, reader.text("component"));
      if (!miss.component) return cannot("an unknown component");
    }
    if (reader.has("figureIsInfinite")) {
      if (const json* infinite = reader.find("figureIsInfinite"); *infinite != true)
        return cannot("a figure that is neither");
      if (const json* figure = reader.find("figure"); !figure || !figure->is_null())
        return cannot("a figure that is neither");
      miss.figure = std::numeric_limits<double>::infinity();
    } else {
      miss.figure = reader.number("figure");
    }
    entry = miss;
  } else {
    return cannot("an unknown reason");
  }
  if (!reader.good()) return cannot("an entry with other members than it should have");
  return entry;
}

Read<Proved> read_end(const Problem& problem, const std::string& line) {
  const json document = parsed(line);
  Reader outer(document);
  const json* end = outer.find("end");
  if (!outer.good()) return cannot("a last line with other members than it should have");
  Reader reader(*end);
  Proved proved;
  proved.splits = reader.whole<std::size_t>("splits");
  proved.boxes = reader.whole<std::size_t>("boxes");
  proved.open = reader.whole<std::size_t>("open");
  if (reader.has("nothingBefore")) proved.least_open = reader.rank(problem, "nothingBefore");
  if (!reader.good()) return cannot("a last line with other members than it should have");
  return proved;
}

}  // namespace haplan::planner
