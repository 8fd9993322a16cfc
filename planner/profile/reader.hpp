#pragma once

#include <string>
#include <vector>

#include "planner/profile/profile.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner {

/// Reads the tree of a profile and collects everything that is wrong with it (HA100).
class ProfileReader {
 public:
  explicit ProfileReader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Profile profile(const std::string& name, const yaml::Node& root);

 private:
  void complain(const SourceRef& where, std::string message);
  const std::vector<yaml::Entry>& map(const yaml::Node& node, const std::string& what,
                                      const std::vector<std::string>& keys);
  std::string text(const yaml::Node* node, const std::string& what, const SourceRef& parent);
  std::string optional_text(const yaml::Node* node, const std::string& what);
  std::string amount(const yaml::Node& node, const std::string& what);
  bool flag(const yaml::Node* node, const std::string& what);
  std::vector<std::string> words(const yaml::Node* node, const std::string& what);
  std::optional<int> integer(const yaml::Node* node, const std::string& what);
  Tree tree(const yaml::Node& node);
  std::vector<std::pair<std::string, Tree>> values(const yaml::Node* node, const std::string& what);
  Effect effect(const yaml::Node& node, const std::string& what);
  Encoding encoding(const yaml::Node& node, const std::string& what);
  void check_keys(const yaml::Node& node, const std::string& what, const Binding& bound);
  Binding binding(const yaml::Node& node, const std::string& what, const std::string& prefix);
  void workload(const yaml::Entry& entry, ProfileComponent& part);
  ProfileComponent component(const yaml::Entry& entry);
  void chart(const yaml::Node& root, Profile& profile);

  Diagnostics& diagnostics_;
};

}  // namespace haplan::planner
