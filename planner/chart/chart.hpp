#pragma once

#include <map>
#include <string>
#include <vector>

#include "planner/profile/profile.hpp"
#include "planner/render/yaml_text.hpp"

/// Whether a profile tells the truth about a chart: what its files read, and what its manifests
/// show of values that haplan writes.
namespace haplan::planner {

/// The files of a chart, as they lie in its folder.
struct ChartFiles {
  std::map<std::string, std::string> files;  ///< path under the chart's folder -> text
};

/// One binding of a profile, and what was seen of it.
struct BindingCheck {
  std::string component;
  std::string binding;
  std::string path;
  std::string mistake;  ///< one sentence, or empty: nothing is wrong with it
  std::string note;     ///< what could not be told, or empty
};

/// Looks for every bound path, and every value that must stand beside one, in the chart's values.yaml
/// and templates, those of subcharts included where they are unpacked; and for limits in values.yaml
/// that the profile does not tell. A path that no template
/// refers to is a mistake, whatever values.yaml says; one that only a template refers to is right.
/// Templates that take whole maps at a time are followed by the last word of the path only.
std::vector<BindingCheck> check_reads(const Profile& profile, const ChartFiles& chart);

/// Values that haplan writes for made-up settings of some components of a chart.
struct Trial {
  std::string name;
  std::string release;
  std::vector<std::string> components;  ///< of the profile
  YamlNode values;
  std::string text;  ///< the values as they are passed to helm
};

/// Trials in which every component takes part at least twice with settings that all differ, and
/// twice with an autoscaler where it has one. Components that exclude each other never meet.
std::vector<Trial> trials_of(const Profile& profile, const std::string& release);

/// Holds what `helm template` made of a trial's values against the values: every bound setting must
/// be seen in the manifests, where Kubernetes reads it.
///   manifests  the output, a stream of YAML documents
std::vector<BindingCheck> judge(const Profile& profile, const Trial& trial,
                                const std::string& manifests);

}  // namespace haplan::planner
