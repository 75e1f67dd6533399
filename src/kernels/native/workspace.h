// The memory of one call: laid out from the model and the batch, kept and used again by the next call.
#pragma once

#include <cstddef>

#include "model.h"

// Widths in floats, rounded up to whole vectors of 16.
struct Widths {
  // A row of all gates: those that are multiplied with the same vector stand together without gaps. From one
  // row to the next in memory it is `gates_row`, so that a vector which starts at a unit ends in the same
  // row.
  long gates, gates_row;
  // A row of hidden units.
  long units;
  // A row of the output layer.
  long outputs;
};

Widths widths(const Model& model);

// Column of a gate in a row of all gates.
long gate_column(const Model& model, long gate);

// Frames whose outputs, losses and gradients are in memory at the same time.
constexpr long OUTPUT_FRAMES = 256;

struct Workspace {
  // Weights of this call, repacked.
  float *W, *b, *U, *V, *U_transposed, *output_W, *output_W_transposed, *output_b;
  // For each frame: the gates, later their gradients; hidden state; cell; r⊙h₋; gradient of the hidden state.
  float *gates, *h, *c, *reset_h, *dh;
  // For each sequence: zeros, gradient of the cell, a product's result.
  float *zeros, *dc, *product;
  // Of OUTPUT_FRAMES frames; NLL and sequence of each frame.
  float *outputs, *frame_nll;
  int32_t* sequence_of;
  // Whether any frame has the input.
  bool* used_inputs;
  // Column of each output of the parameter vector in a row of outputs.
  int32_t* output_column;
  // A mixture's intermediate values, for each thread.
  float* scratch;
  long scratch_size;
  // Gradients in the layout of the weights.
  float *dW, *db, *dU, *dV, *output_dW, *output_db;
};

// Lays the workspace out from `base` on (64-byte aligned; null only counts) and returns its bytes. Without
// the gradient, gates and cells are kept for one step only.
size_t lay_out(Workspace& workspace, char* base, const Model& model, const Batch& batch, bool gradient,
               int threads);
