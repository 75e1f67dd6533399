// What all functions of one call share.
#pragma once

#include "model.h"
#include "threads.h"
#include "workspace.h"

struct Call {
  const Model& model;
  const Batch& batch;
  Workspace& space;
  Threads& threads;
  Widths width;
  // The batch is a single sequence.
  bool single;
  // As fading.h has it, of all parameters.
  int least_parameter;
};
