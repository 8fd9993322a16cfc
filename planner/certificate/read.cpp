#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "planner/certificate/facts.hpp"
#include "planner/certificate/lines.hpp"
#include "planner/certificate/words.hpp"

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
  CountRank rank(const char* key) {
    const json* found = find(key);
    if (!found) return {};
    Reader inner(*found);
    CountRank rank;
    rank.peak = inner.whole<int>("peakReplicas");
    rank.mean = inner.number("meanReplicas");
    rank.cpu = inner.whole<std::int64_t>("cpuMillicores");
    rank.memory = inner.whole<std::int64_t>("memoryMillibytes");
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

json parsed(const std::string& line) { return json::parse(line, nullptr, false); }

}  // namespace

Read<CertificateHead> read_head(const Problem& problem, const std::string& line) {
  const json document = parsed(line);
  if (!document.is_object() || document.value("kind", "") != "Certificate")
    return cannot("not a certificate");
  if (document.value("apiVersion", "") != "haplan.dev/v1alpha1" ||
      document.value("formatVersion", "") != "1.0")
    return cannot("a certificate of another version");
  if (!document.contains("facts") || document["facts"] != parsed(facts_of(problem)))
    return cannot("a certificate of other decisions or objectives than those of the spec");
  const std::string claim = document.value("claim", "");
  if (claim != "nothing better" && claim != "nothing at all") return cannot("an unknown claim");
  CertificateHead head;
  head.witness.resize(problem.system.components.size());
  if (!document.contains("witness") ||
      !read_nodes(problem, document["witness"],
                  [&](model::ComponentId c, std::vector<model::NodeId> nodes) {
                    head.witness[c] = std::move(nodes);
                  }))
    return cannot("a witness that names no nodes of the spec");
  head.has_plan = claim == "nothing better";
  if (head.has_plan != document.contains("plan"))
    return cannot("a claim that does not fit the plan");
  if (!head.has_plan) return head;
  if (!read_plan(problem, document["plan"], head.plan))
    return cannot("a plan that is not one of the spec");
  Reader reader(document);
  head.rank = reader.rank("rank");
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
    entry = RankReason{reader.rank("rank")};
  } else if (reader.has("room")) {
    if (const json* room = reader.find("room"); *room != false) return cannot("an unknown reason");
    entry = RoomReason{};
  } else if (reader.has("placements")) {
    entry = PlacementsReason{reader.whole<std::size_t>("placements")};
  } else if (reader.has("open")) {
    entry = OpenReason{reader.rank("open")};
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

Read<Proved> read_end(const std::string& line) {
  const json document = parsed(line);
  Reader outer(document);
  const json* end = outer.find("end");
  if (!outer.good()) return cannot("a last line with other members than it should have");
  Reader reader(*end);
  Proved proved;
  proved.splits = reader.whole<std::size_t>("splits");
  proved.boxes = reader.whole<std::size_t>("boxes");
  proved.open = reader.whole<std::size_t>("open");
  if (reader.has("nothingBefore")) proved.least_open = reader.rank("nothingBefore");
  if (!reader.good()) return cannot("a last line with other members than it should have");
  return proved;
}

}  // namespace haplan::planner
