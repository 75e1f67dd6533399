// What a path offers. Each path is one compilation of kernels.cpp, for one set of instructions.
#pragma once

#include <cstdint>

#include "model.h"
#include "threads.h"
#include "workspace.h"

struct WeightNoise {
  const float* from;
  float* to;
  float deviation;
  // Philox key and the upper three words of its counter.
  uint32_t key[2], counter[3];
};

struct RmsPropStep {
  const float *parameters, *mean_square, *velocity, *gradient;
  float *next_parameters, *next_mean_square, *next_velocity;
  int64_t size;
  float decay, one_minus_decay, momentum, learning_rate, floor;
  double maximum_norm;
};

struct Kernels {
  const char* name;
  // Those that are built in, the same in all paths.
  const Unit* units;
  int64_t unit_count;
  // NLL of each sequence [B], nats.
  void (*sequence_nll)(const Model&, const Batch&, const float* parameters, Workspace&, Threads&,
                       double* nll);
  // The same, and the gradient of Σ_b dy_b·NLL_b as a flat vector.
  void (*sequence_nll_and_gradient)(const Model&, const Batch&, const float* parameters, const float* dy,
                                    Workspace&, Threads&, double* nll, float* gradient);
  // Adds noise to the weights W and U of the cell and copies the other parameters.
  void (*weight_noise)(const Model&, const WeightNoise&);
  double (*rmsprop_momentum)(RmsPropStep);
  // A whole update: noise on the weights, NLL of each sequence, gradient of their mean, RMSProp. Noise and
  // gradient stay in the workspace: `from` alone is set in the noise, and all but the gradient in the step.
  // Returns the gradient's norm, as rmsprop_momentum.
  double (*update)(const Model&, const Batch&, WeightNoise, RmsPropStep, Workspace&, Threads&, double* nll);
  // Fused multiply-adds of one float that `rounds` rounds do, and that nothing but registers bounds.
  double (*multiply_adds)(int64_t rounds);
};

namespace avx512 {
extern const Kernels KERNELS;
}
namespace avx2 {
extern const Kernels KERNELS;
}
namespace neon {
extern const Kernels KERNELS;
}
namespace plain {
extern const Kernels KERNELS;
}
namespace wasm {
extern const Kernels KERNELS;
}
namespace wasm_fma {
extern const Kernels KERNELS;
}
