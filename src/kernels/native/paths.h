// Which of the compiled paths this processor can run.
#pragma once

#include <vector>

#include "kernels.h"

// The widest first; `plain` is always the last.
std::vector<const Kernels*> runnable_paths();
