#include <algorithm>

#include "model/system/check.hpp"
#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

using Entry = std::pair<std::string, Value>;

/// Entries of a map in natural name order.
std::vector<const Entry*> sorted(const Value* map) {
  std::vector<const Entry*> entries;
  if (map)
    for (const Entry& entry : map->fields) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const Entry* a, const Entry* b) { return model::natural_less(a->first, b->first); });
  return entries;
}

/// The two vertices of a link, or nothing after a diagnostic.
std::optional<std::pair<model::VertexId, model::VertexId>> ends_of(Context& context,
                                                                   const std::string& name,
                                                                   const Value& link) {
  const Value* between = field(&link, "between");
  if (!between) {
    report(context, "HA004", "\"between\" is missing in link \"" + name + "\"", link.key,
           "add between: [a, b], the two vertices that it joins");
    return std::nullopt;
  }
  const std::vector<const Value*> names = texts(between);
  std::vector<model::VertexId> ends;
  for (const Value* end : names) {
    const auto found = context.vertices.find(end->text);
    if (found != context.vertices.end())
      ends.push_back(found->second);
    else
      report(context, "HA085", "unknown vertex \"" + end->text + "\" in \"between\"", end->where,
             suggest_word(end->text, names_of(context.vertices)));
  }
  if (names.size() != 2) {
    report(context, "HA086",
           "link \"" + name + "\" names " + std::to_string(names.size()) +
               (names.size() == 1 ? " vertex" : " vertices"),
           between->where, "a link joins exactly two, as between: [a, b]");
    return std::nullopt;
  }
  if (ends.size() != 2) return std::nullopt;
  if (ends[0] == ends[1]) {
    report(context, "HA086", "link \"" + name + "\" joins a vertex with itself", names[1]->where,
           "name two different vertices");
    return std::nullopt;
  }
  return std::pair{ends[0], ends[1]};
}

}  // namespace

void lower_network(Context& context) {
  const Value* network = field(context.spec, "network");
  if (!network) return;
  model::Network& out = context.system().network;
  for (const Entry* entry : sorted(field(network, "vertices"))) {
    context.vertices[entry->first] = out.vertices.size();
    out.vertices.push_back(
        {.name = entry->first, .modes = domain_modes(context, field(&entry->second, "failures"))});
  }
  for (const Entry* entry : sorted(field(network, "links"))) {
    const auto ends = ends_of(context, entry->first, entry->second);
    auto modes = domain_modes(context, field(&entry->second, "failures"));
    if (ends)
      out.links.push_back(
          {.name = entry->first, .a = ends->first, .b = ends->second, .modes = std::move(modes)});
  }
}

}  // namespace haplan::planner::lowering
