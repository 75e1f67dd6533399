// What a model and a batch are, for all paths. Plain data; src/model/spec.ts and src/data/batch.ts say the
// same in TypeScript.
#pragma once

#include <cstdint>

#include "unit.h"

enum class Output { bernoulli, mixture };

struct Model {
  const Unit& unit;
  // Hidden units and entries of an input frame.
  int64_t H, I;
  Output output;
  // Entries of a target frame, and Gaussians of a mixture.
  int64_t D, K;
};

// Entries of the output layer, O.
int64_t output_size(const Model& model);
// Length of the flat parameter vector: of each gate W [I,H], U [H,H] and b [H], as far as it has them; the
// weight vectors V [H]; the output layer's W [H,O] and b [O].
int64_t parameter_count(const Model& model);

// Whether a gate has a term aU.
bool has_product(const Model& model, int64_t gate);

// Where the parts of the flat vector start.
int64_t offset_W(const Model& model, int64_t gate);
int64_t offset_U(const Model& model, int64_t gate);
int64_t offset_b(const Model& model, int64_t gate);
int64_t offset_V(const Model& model, int64_t weight);
int64_t offset_output_W(const Model& model);
int64_t offset_output_b(const Model& model);

// Rows of real numbers, row-major; or of 0 and 1, the ones of row n being in the columns
// columns[starts[n]] … columns[starts[n + 1] − 1]. One of `values` and `columns` is null.
struct Rows {
  const float* values;
  const int32_t* starts;
  const uint8_t* columns;
  int64_t width;
};

// Sequences sorted by length, longest first, packed time-major: active[t] rows for each step t.
struct Batch {
  int64_t sequences, frames, steps;
  const int32_t* active;
  Rows inputs, targets;
};
