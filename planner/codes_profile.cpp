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
  };
}

}  // namespace haplan::planner
