#pragma once

#include <map>
#include <string>
#include <vector>

#include "planner/lower.hpp"

namespace haplan::planner {

/// What lets Helm itself apply a Kustomize directory: "post-render.sh", a program from manifests to
/// patched manifests for `--post-renderer` of Helm 3, and "plugin.yaml", which makes the directory a
/// plugin of Helm 4 that runs it. The program needs kustomize or kubectl, and fails when a workload
/// that is patched is not among the manifests, which kustomize would pass over in silence.
///   patched  "Kind/name" of every workload that a patch is for
std::map<std::string, std::string> post_render_files(const Lowered& lowered,
                                                     const std::vector<std::string>& patched);

}  // namespace haplan::planner
