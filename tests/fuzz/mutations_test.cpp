#include <algorithm>
#include <cstdint>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fuzz/read_properties.hpp"

namespace haplan::test {

namespace {

/// SplitMix64: the same mutations on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t below(std::uint64_t bound) {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % bound;
  }

 private:
  std::uint64_t state_;
};

std::vector<std::string> seeds() {
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"/specs/examples", "/tests/planner/invalid", "/tests/fuzz/corpus"})
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(HAPLAN_SOURCE_DIR) + folder))
      if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> texts;
  for (const auto& path : files) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    texts.push_back(text.str());
  }
  return texts;
}

std::string mutated(std::string text, const std::vector<std::string>& all, Random& random) {
  constexpr char kBytes[] =
      "{}[]:,-&*!?|>'\"#%@` \n\t.0159azAZ~<=\\\xFF\x80";  // and the zero at its end
  const std::string bytes(kBytes, sizeof kBytes);
  for (std::uint64_t edits = 1 + random.below(6); edits > 0 && !text.empty(); --edits) {
    const std::size_t at = random.below(text.size());
    const std::size_t length = 1 + random.below(std::min<std::size_t>(40, text.size() - at));
    switch (random.below(5)) {
      case 0: text[at] = bytes[random.below(bytes.size())]; break;
      case 1: text.erase(at, length); break;
      case 2: text.insert(at, text.substr(random.below(text.size()), length)); break;
      case 3: text.insert(at, 1, bytes[random.below(bytes.size())]); break;
      default: {
        const std::string& other = all[random.below(all.size())];
        if (!other.empty()) text.replace(at, length, other, random.below(other.size()), length);
      }
    }
  }
  return text;
}

}  // namespace

TEST_CASE("read: examples, invalid files and the corpus keep what holds of every reading") {
  const auto all = seeds();
  REQUIRE(all.size() > 50);
  for (const std::string& text : all) CHECK(broken_property(text) == "");
}

TEST_CASE("read: so do 4000 mutations of them, the same ones every time") {
  const auto all = seeds();
  Random random(20240229);
  for (int i = 0; i < 4000; ++i) {
    const std::string text = mutated(all[random.below(all.size())], all, random);
    const std::string broken = broken_property(text);
    if (!broken.empty()) CAPTURE(text);
    REQUIRE(broken == "");
  }
}

}  // namespace haplan::test
