#include "planner/render/post_render.hpp"

#include "planner/render/openslo.hpp"
#include "planner/render/yaml_text.hpp"

namespace haplan::planner {
namespace {

/// One word of a shell command, whatever is in it.
std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// The release, where only one is written, else the system.
std::string plugin_name(const Lowered& lowered) {
  std::vector<std::string> written;
  for (const auto& release : lowered.releases)
    if (release.written) written.push_back(release.name);
  return "haplan-" + object_name(written.size() == 1 ? written.front() : lowered.name);
}

constexpr const char* kProgram = R"sh(set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$here"/*.yaml "$scratch/"
cat >"$scratch/rendered.yaml"
if command -v kustomize >/dev/null 2>&1; then
  kustomize build "$scratch" >"$scratch/patched"
else
  kubectl kustomize "$scratch" >"$scratch/patched"
fi
# Kind/name of every document.
awk '
  function tell() { if (kind != "") print kind "/" name; kind = name = ""; inside = 0 }
  /^---/ { tell(); next }
  /^kind: / { kind = $2 }
  /^[^ ]/ { inside = ($1 == "metadata:") }
  inside && /^  name: / { name = $2; gsub(/["\047]/, "", name) }
  END { tell() }' "$scratch/patched" >"$scratch/there"
)sh";

}  // namespace

std::map<std::string, std::string> post_render_files(const Lowered& lowered,
                                                     const std::vector<std::string>& patched) {
  const auto name = plugin_name(lowered);
  std::string program =
      "#!/bin/sh\n"
      "# Manifests in, patched manifests out, by kustomize 5 or kubectl; written by haplan for "
      "system " +
      one_line(lowered.name) +
      ".\n"
      "#   Helm 3: helm upgrade --install R CHART ... --post-renderer sh --post-renderer-args "
      "DIR/post-render.sh\n"
      "#   Helm 4: helm plugin install DIR, then helm upgrade --install R CHART ... "
      "--post-renderer " +
      name +
      "\n"
      "# DIR holds what is for release R alone: haplan render patch PLAN --release R -o DIR\n";
  program += kProgram;
  for (const auto& workload : patched)
    program += "grep -qxF " + shell_word(workload) +
               " \"$scratch/there\" || {\n"
               "  echo " +
               shell_word("haplan: " + workload +
                          " is not among the manifests, so its patch would be lost: do chart, "
                          "release and --release of the patch fit together?") +
               " >&2\n  exit 1\n}\n";
  program += "cat \"$scratch/patched\"\n";

  YamlNode plugin;
  plugin["apiVersion"] = YamlNode::text("v1");
  plugin["type"] = YamlNode::text("postrenderer/v1");
  plugin["name"] = YamlNode::text(name);
  plugin["version"] = YamlNode::text("1.0.0");
  plugin["runtime"] = YamlNode::text("subprocess");
  YamlNode command;
  command["command"] = YamlNode::text("sh");
  command["args"] = YamlNode::list({YamlNode::text("${HELM_PLUGIN_DIR}/post-render.sh")});
  plugin["runtimeConfig"]["platformCommand"] = YamlNode::list({command});
  return {{"post-render.sh", program},
          {"plugin.yaml", "# Makes this directory a plugin of Helm 4: helm plugin install DIR\n" +
                              to_yaml(plugin)}};
}

}  // namespace haplan::planner
