#include "planner/codes.hpp"

namespace haplan::planner {

std::vector<Code> profile_codes() {
  return {
      {"HA100", "broken chart profile",
       "A profile maps the decisions of a plan to the values of a Helm chart, and this one has an "
       "unknown key, a missing one, or a value of the wrong shape.\n"
       "Mend it as the message says; the built-in profiles under specs/profiles show every key.\n"
       "Example: a binding without `encoding`."},
      {"HA101", "unknown chart profile",
       "A release names a profile that haplan does not have.\n"
       "Use one of those that the message lists, or remove the release: the components then get "
       "a patch each.\n"
       "Example: `profile: ingress-nginks`."},
      {"HA102", "unknown component of a chart",
       "A release maps a component to a part that the chart's profile does not have.\n"
       "Use one of the parts that the message lists, or null when the chart does not deploy the "
       "component.\n"
       "Example: `map: {api: apis}`."},
      {"HA103", "parts of a chart exclude each other",
       "A release maps components to parts of a chart that cannot stand beside each other, or two "
       "components to one part.\n"
       "Deploy one of them with another release, or map it to null: it then gets a patch.\n"
       "Example: `map: {cache: redis.master, queue: redis.node}`, the one without and the other "
       "with "
       "Sentinel."},
      {"HA104", "chart version outside of the profile's range",
       "The release's `chartVersion` is not among those that the profile was written for: keys may "
       "have moved, and a chart ignores keys that it does not know.\n"
       "Check the profile against the chart's files: haplan profile check --chart DIR.\n"
       "Example: `chartVersion: 3.0.0` with a profile for 4.x."},
      {"HA105", "result without a spec",
       "A plan is rendered with the spec that it was made for, and this result does not carry "
       "one.\n"
       "Give the whole JSON result of a solve, or the spec as a layer: -f SPEC.\n"
       "Example: the `plan` alone, cut out of a result."},
      {"HA106", "cannot be edited in place",
       "A value cannot be set at its place without changing another one: it is an alias or has an "
       "anchor, comes from a merge key, or the file is no map.\n"
       "Write the value out where it stands, or pass the overlay to helm after your file instead.\n"
       "Example: `api: *defaults`."},
  };
}

}  // namespace haplan::planner
