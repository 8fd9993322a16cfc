#pragma once

#include "planner/cli/arguments.hpp"

/// One function per verb; each returns the exit code of the process.
namespace haplan::planner::cli {

int run_solve(const Arguments& arguments);
int run_evaluate(const Arguments& arguments);
int run_drill(const Arguments& arguments);
int run_render(const Arguments& arguments);
int run_profile(const Arguments& arguments);
int run_simulate(const Arguments& arguments);
int run_calibrate(const Arguments& arguments);
int run_verify(const Arguments& arguments);
int run_validate(const Arguments& arguments);
int run_schema(const Arguments& arguments);
int run_explain(const Arguments& arguments);
int run_why(const Arguments& arguments);
int run_version(const Arguments& arguments);

}  // namespace haplan::planner::cli
