#include "planner/codes.hpp"

#include <algorithm>
#include <cctype>

namespace haplan::planner {

namespace {

std::vector<Code> reader_codes() {
  return {
      {"HA001", "unknown key",
       "A key that the language does not have at this place; it would have no effect, so it is "
       "refused.\n"
       "Check the spelling, the case and the indentation; keys of your own begin with x- and are "
       "skipped.\n"
       "Example: `replica: 2` where `replicas: 2` is meant."},
      {"HA002", "wrong type",
       "A value of another shape than the field has: a map where a scalar stands, a list for a "
       "map, a text in quotes for an integer.\n"
       "Write the value as the message says.\n"
       "Example: `dependsOn: postgres` where `dependsOn: [postgres]` is meant."},
      {"HA003", "unknown component",
       "A name in dependsOn, a gate, a service or an output that no component has.\n"
       "Check the spelling against the keys of spec.components, or add the component.\n"
       "Example: `dependsOn: [redsi]` where the component is called redis."},
      {"HA004", "required key missing",
       "The element does not work without this key, and no default would be right for everyone.\n"
       "Add the key.\n"
       "Example: every component has a `type`."},
      {"HA005", "duplicate key",
       "The same key twice in one map. One of the values would be lost silently.\n"
       "Remove one of them, or give the second its own name.\n"
       "Example: two entries `api:` under components."},
      {"HA006", "not YAML",
       "The text breaks the rules of YAML, so that its structure is unclear from here on.\n"
       "Look for a missing bracket or quote, a tab in the indentation, or a `: ` inside unquoted "
       "text.\n"
       "Example: `host: [a, b` without the closing bracket."},
      {"HA007", "empty text",
       "The file holds nothing, or only comments.\n"
       "A spec has at least apiVersion, kind, metadata and spec.\n"
       "Check that the right file was given, and that what was piped in did not fail."},
      {"HA008", "not a text",
       "The file holds bytes that no UTF-8 text has: a control character, or a broken sequence.\n"
       "It may be binary, compressed or in another encoding.\n"
       "Save it as plain text in UTF-8."},
      {"HA009", "text too large",
       "The file has more than 16 MB, far more than a description of a system needs.\n"
       "Check that the right file was given, and give counts instead of listing like elements.\n"
       "Example: `worker: {count: 500}` is a pool of 500 nodes."},
      {"HA010", "nested too deeply",
       "Maps and lists lie in each other more than 64 deep, aliases followed.\n"
       "No field of the language needs more than 20; look for a bracket that is never closed.\n"
       "Example: a generated file that wraps every element in a list."},
      {"HA011", "too many elements",
       "The text has more than a million elements when its aliases are written out.\n"
       "Aliases of aliases multiply: ten levels of ten are ten thousand million elements.\n"
       "Write the elements that are meant, or use a pool with a count."},
      {"HA012", "several documents",
       "The text has more than one YAML document, separated by `---`.\n"
       "A spec is one document, because it could not be said which of several counts.\n"
       "Give each as a file of its own, which are then laid over each other: `-f base.yaml -f "
       "site.yaml`."},
      {"HA013", "unknown tag",
       "A YAML tag (`!name`) that haplan does not know. The type of a value is given by its "
       "field.\n"
       "Remove the tag.\n"
       "Example: `replicas: !count 3` where `replicas: 3` is meant."},
      {"HA014", "bad alias or merge",
       "An alias without an anchor before it, an alias inside its own anchor, or a `<<` that is "
       "given no map.\n"
       "Define the anchor above its first use, and merge maps only.\n"
       "Example: `probes: &p {...}` above and `probes: *p` below."},
      {"HA015", "not a duration",
       "A duration is a sum of numbers with units: ns us ms s m h d w month y, where 1 y is 365.25 "
       "d.\n"
       "The unit is never implied, so that minutes are not read as seconds.\n"
       "Example: `1h30m`, `500ms`, `11.1d`; not `90`, not `5min`."},
      {"HA016", "not a rate",
       "A rate is a number per time: `300/s`, `2/year`, `1 per 90d`.\n"
       "The time is never implied.\n"
       "Example: `throughput: 500/s`; not `throughput: 500`."},
      {"HA017", "not a probability",
       "A probability is a percentage or a number from 0 to 1. A bare number above 1 is refused,\n"
       "because 99.99 may mean 99.99 % as well as a slip.\n"
       "Example: `99.99%` or `0.9999`."},
      {"HA018", "not a quantity",
       "A quantity is a number with a Kubernetes suffix: n u m, nothing, k M G T P E, or Ki Mi Gi "
       "Ti Pi Ei.\n"
       "Suffixes have a case: `m` is a thousandth, `M` a million, and the B of bytes is not "
       "written.\n"
       "Example: `500m`, `1Gi`, `100k`, `1e3`."},
      {"HA019", "not an integer",
       "Counts, thresholds and fields whose name ends in Seconds are whole numbers without a unit, "
       "as in Kubernetes.\n"
       "Write the number alone.\n"
       "Example: `periodSeconds: 10`; not `periodSeconds: 10s`."},
      {"HA020", "not a number",
       "A decimal number without a unit stands here.\n"
       "Write digits with a point, if need be with an exponent.\n"
       "Example: `users: 10000`, `sigma: 1.2`; not `10,000`."},
      {"HA021", "not a boolean",
       "Only true and false are booleans. YAML 1.1 took yes, no, on and off for them as well;\n"
       "haplan does not, because then the country code NO would be false.\n"
       "Example: `movable: false`; not `movable: no`."},
      {"HA022", "unknown word",
       "The field takes one word of a fixed set.\n"
       "The message names the nearest one.\n"
       "Example: `type: primary-replica`; not `type: primary`."},
      {"HA023", "not a name",
       "Names of components, nodes, levels and so on are RFC 1123 labels, because Kubernetes "
       "objects bear them:\n"
       "lower-case letters, digits and inner hyphens, at most 63 characters.\n"
       "Example: `weather-plugin`; not `Weather_Plugin`."},
      {"HA024", "bad range",
       "A range is `a..b`, `{min, max, step}` or `{oneOf: [...]}`, with a at most b, one unit, and "
       "at most 10000 values.\n"
       "`a..b` counts in steps of 1 of the written unit; for other steps use {min, max, step}.\n"
       "Example: `20..30s`, `{min: 1s, max: 2s, step: 100ms}`; not `30..20s`."},
      {"HA025", "a range where no decision is",
       "Only what a plan may decide can be a range: replicas, autoscaling, probe and controller "
       "settings, tolerationSeconds.\n"
       "Everything else describes the system as it is.\n"
       "Example: `start: 3s`; not `start: 3..5s`."},
      {"HA027", "bad gate",
       "A gate in a list of requirements has exactly one of all, any and atLeast; switchover goes "
       "with any.\n"
       "Nest gates to combine them.\n"
       "Example: `{any: [{all: [a, b]}, c]}`; not `{any: [c], all: [a, b]}`."},
      {"HA029", "key without a value",
       "The key is there and its value is not: most likely it was forgotten, or is indented too "
       "little.\n"
       "Give the value, or remove the key. In a second layer or a scenario a null deletes what is "
       "below it.\n"
       "Example: `start:` at the end of a component."},
      {"HA030", "not supported yet",
       "The language has this field or word, and this version of haplan does not evaluate it.\n"
       "It is an error, because ignoring it would give figures for another system than the one "
       "described.\n"
       "Remove it; a later version will read it as it stands."},
      {"HA031", "wrong apiVersion or kind",
       "The document is not a haplan spec (or, as a plan, no result), or is written for another "
       "version\n"
       "of the language or format.\n"
       "A spec begins with `apiVersion: haplan.dev/v1alpha1` and `kind: System`.\n"
       "Example: a Kubernetes manifest given by mistake."},
      {"HA032", "unknown parameter",
       "{param: NAME} stands for an entry of spec.parameters, and there is none of this name.\n"
       "Check the spelling, or add the parameter.\n"
       "Example: `parameters: {vm-reboot: 90d}` and `mtbf: {param: vm-reboot}`."},
      {"HA033", "unknown scenario",
       "The scenario asked for is not among spec.scenarios.\n"
       "The note lists the known ones.\n"
       "Example: `--scenario lose-zone-a` for `scenarios: {lose-zone-a: {...}}`."},
      {"HA034", "bad setting on the command line",
       "--set takes path=value: the path under spec (or from the document root), pieces separated "
       "by dots, the value in YAML.\n"
       "A dot inside a name is written with a backslash before it; null deletes.\n"
       "Example: `--set components.api.replicas=3`."},
      {"HA035", "bad number object",
       "Where a number stands, a map may give it with its origin and its uncertainty: {value, low, "
       "high, dist, level, source: {kind, ref, observed}}, or name\n"
       "a shared parameter: {param: NAME}. The latter has no other keys.\n"
       "Example: `mtbf: {value: 90d, source: {kind: measured, ref: ticket archive}}`."},
      {"HA036", "bad key",
       "A key is a plain name. Lists, maps and nothing at all cannot be keys here.\n"
       "A line that begins with a colon has lost its key.\n"
       "Example: `? [a, b]`, or `{a, b}: 1` from an unfinished template."},
      {"HA037", "not a downtime",
       "maxDowntime is a duration per a longer one, so that it means the same in every month.\n"
       "It is read as the unavailability that it allows.\n"
       "Example: `4m19s per 30d`, `52m/year`; not `4m19s`."},
      {"HA038", "bad uncertainty",
       "An uncertain number has low and high beside its value: {value, low, high, dist, level}, "
       "low "
       "<= value <= high, low < high.\n"
       "dist is lognormal (the default), uniform or triangular; level is the probability of the "
       "interval (90% of a lognormal, else 100%).\n"
       "Example: `mtbf: {value: 90d, low: 30d, high: 300d}`; not `{value: 90d, low: 100d}`."},
      {"HA039", "a number that cannot be uncertain",
       "Settings, counts, targets and shares of time are chosen or known; what the plan decides is "
       "not drawn at random.\n"
       "Give one value, or a range where the plan may choose.\n"
       "Example: `replicas: {value: 3, low: 2, high: 5}` where `replicas: 2..5` is meant."},
      {"HA040", "unused parameter",
       "Nothing refers to this entry of spec.parameters, so it changes nothing.\n"
       "Write {param: NAME} where the number is meant, or remove the entry.\n"
       "Example: `parameters: {boot: 5s}` and `start: {param: bot}` elsewhere."},
  };
}

}  // namespace

const std::vector<Code>& codes() {
  static const std::vector<Code> all = [] {
    std::vector<Code> rows = reader_codes();
    for (const auto& more : {lowering_codes(), profile_codes(), calibration_codes()})
      rows.insert(rows.end(), more.begin(), more.end());
    std::sort(rows.begin(), rows.end(),
              [](const Code& a, const Code& b) { return a.code < b.code; });
    return rows;
  }();
  return all;
}

const Code* find_code(const std::string& code) {
  std::string upper = code;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto found = std::find_if(codes().begin(), codes().end(),
                                  [&](const Code& one) { return one.code == upper; });
  return found == codes().end() ? nullptr : &*found;
}

}  // namespace haplan::planner
