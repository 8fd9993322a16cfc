#pragma once

#include "planner/profile/profile.hpp"
#include "planner/render/values.hpp"
#include "planner/render/yaml_text.hpp"

namespace haplan::planner {

/// What the reason of a list says besides: true where the overlay goes over other values.
inline constexpr const char* kListAdvice = "; replaces the whole list, so add your own entries";

/// What haplan sets in the values of one release, before it is a text.
struct Overlay {
  const Release* release = nullptr;
  const Profile* profile = nullptr;
  YamlNode root;
  std::vector<Unsupported> unsupported;
  std::vector<std::string> notes;
};

/// One per release whose profile is known, in the order of the spec. Each refers into `lowered` and
/// `profiles`.
std::vector<Overlay> overlays_of(const Lowered& lowered, const model::Deployment& deployment,
                                 const Profiles& profiles, const OverlayOptions& options);

}  // namespace haplan::planner
