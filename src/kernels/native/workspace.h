// The memory of one call: laid out from the model and the batch, kept and used again by the next call.
#pragma once

#include <cstdint>

#include "model.h"

// Widths in floats, rounded up to whole vectors of 16.
struct Widths {
  // A row of all gates: those that are multiplied with the same vector stand together without gaps.
  int64_t gates;
  // Where the columns of gates with an input begin, and how many they are; those between them are in.
  int64_t input_begin, input;
  // From one row of gates to the next in memory: the extra columns are in, and a vector which starts at a
  // unit ends in the same row.
  int64_t gates_row;
  // A row of hidden units.
  int64_t units;
  // A row of the output layer.
  int64_t outputs;
};

Widths widths(const Model& model);

// Where the columns of a group, of a gate and of a part of a weight vector's gradient begin in a row of
// gates.
int64_t group_column(const Model& model, int64_t group);
int64_t gate_column(const Model& model, int64_t gate);
int64_t extra_column(const Model& model, int64_t extra);

// Frames whose outputs, losses and gradients are in memory at the same time.
constexpr int64_t OUTPUT_FRAMES = 256;

struct Workspace {
  // Weights of this call, repacked.
  float *W, *b, *U, *V, *U_transposed, *output_W, *output_W_transposed, *output_b;
  // For each frame: the gates, later their gradients; the states; what is multiplied with U and no state;
  // gradient of the hidden state.
  float *gates, *state[MOST_PARTS], *operand[MOST_PARTS], *dh;
  // For each sequence: zeros; gradients of the other states, of the operands, and those that a later stage
  // completes.
  float *zeros, *gradient[MOST_PARTS], *product[MOST_PARTS], *carry[MOST_PARTS];
  // Of OUTPUT_FRAMES frames; NLL and sequence of each frame.
  float *outputs, *frame_nll;
  int32_t* sequence_of;
  // Whether any frame has the input.
  bool* used_inputs;
  // Column of each output of the parameter vector in a row of outputs.
  int32_t* output_column;
  // A mixture's intermediate values, for each thread.
  float* scratch;
  int64_t scratch_size;
  // Gradients in the layout of the weights.
  float *dW, *db, *dU, *dV, *output_dW, *output_db;
  // Of a whole update: noisy parameters and their gradient as flat vectors, each sequence's weight in the mean.
  float *noisy, *flat_gradient, *mean;
};

// What a call computes, each all that is before it. For the NLL alone, all but the hidden state is kept for
// one step only.
enum class Extent { nll, gradient, update };

// Lays the workspace out from `base` on (64-byte aligned; null only counts) and returns its bytes.
uint64_t lay_out(Workspace& workspace, char* base, const Model& model, const Batch& batch, Extent extent,
                 int threads);
