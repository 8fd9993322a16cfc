#include "model/base/contract.hpp"

#include <string>

namespace haplan::model {

void contract_violated(const char* condition, const char* file, int line) {
  throw ContractViolation(std::string(file) + ":" + std::to_string(line) + ": expected " +
                          condition);
}

}  // namespace haplan::model
