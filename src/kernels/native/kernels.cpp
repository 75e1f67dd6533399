// The kernels, for the path that this source is built for.
#include "kernels.h"

#include <cstring>

#include "denormals.h"
#include "noise.h"
#include "output.h"
#include "recurrence.h"
#include "rmsprop.h"
#include "units/units.h"

namespace PATH {
namespace {

void clear(float* at, int64_t n) { std::memset(at, 0, sizeof(float) * static_cast<size_t>(n)); }

void number_frames(const Call& call) {
  for (int64_t t = 0, n = 0; t < call.batch.steps; t++)
    for (int64_t b = 0; b < call.batch.active[t]; b++) call.space.sequence_of[n++] = static_cast<int32_t>(b);
}

Call call_of(const Model& model, const Batch& batch, const float* parameters, Workspace& space,
             Threads& threads) {
  return {model,
          batch,
          space,
          threads,
          widths(model),
          batch.sequences == 1,
          least_exponent(parameters, 1, 0, parameter_count(model))};
}

void forward(const Call& call, const float* parameters, bool gradient) {
  pack_cell(call, parameters, gradient);
  pack_output(call, parameters, gradient);
  clear(call.space.zeros, call.batch.sequences * call.width.units);
  on_each(call.threads, [&](int index) { call.model.unit.forward(call, share_of(call, index), gradient); });
}

// The steps that end at `last`, whose rows end at `end`, and that make a block: enough frames for long
// products, few enough for the cache. Sequences end only before the last of them; the first step of all is by
// itself.
Steps block_before(const Batch& batch, int64_t last, int64_t end) {
  const int32_t* active = batch.active;
  Steps steps = {last - 1, last, end - active[last - 1]};
  while (steps.first > 1 && active[steps.first - 2] == active[steps.first - 1] &&
         end - steps.start < BLOCK_FRAMES)
    steps.start -= active[--steps.first];
  return steps;
}

// Backward through time in blocks of steps, each followed by what its frames add to the gradients.
void backward(const Call& call) {
  const Batch& batch = call.batch;
  for (int64_t last = batch.steps, end = batch.frames; last > 0;) {
    const Steps steps = block_before(batch, last, end);
    on_each(call.threads, [&](int index) { call.model.unit.backward(call, share_of(call, index), steps); });
    const Frames frames = {steps.start, end - steps.start,
                           steps.first == 0 ? 0 : batch.active[steps.first - 1]};
    on_each(call.threads, [&](int index) { add_cell_gradient(call, index, frames); });
    last = steps.first;
    end = steps.start;
  }
}

// In the order of time, in double precision.
void sum_frames(const Call& call, double* nll) {
  for (int64_t b = 0; b < call.batch.sequences; b++) nll[b] = 0;
  for (int64_t t = 0, n = 0; t < call.batch.steps; t++)
    for (int64_t b = 0; b < call.batch.active[t]; b++) nll[b] += call.space.frame_nll[n++];
}

void sequence_nll(const Model& model, const Batch& batch, const float* parameters, Workspace& space,
                  Threads& threads, double* nll) {
  const Call call = call_of(model, batch, parameters, space, threads);
  forward(call, parameters, false);
  run_output<false>(call, nullptr);
  sum_frames(call, nll);
}

void sequence_nll_and_gradient(const Model& model, const Batch& batch, const float* parameters,
                               const float* dy, Workspace& space, Threads& threads, double* nll,
                               float* gradient) {
  const Call call = call_of(model, batch, parameters, space, threads);
  const UnitShape& shape = model.unit.shape;
  for (int64_t k = 1; k < shape.states; k++) clear(space.gradient[k], batch.sequences * call.width.units);
  clear(space.dW, model.I * call.width.input);
  clear(space.db, call.width.gates_row);
  clear(space.dU, model.H * call.width.gates);
  clear(space.dV, shape.weights * call.width.units);
  clear(space.output_dW, model.H * call.width.outputs);
  clear(space.output_db, call.width.outputs);
  number_frames(call);
  forward(call, parameters, true);
  run_output<true>(call, dy);
  backward(call);
  unpack_gradient(call, gradient);
  sum_frames(call, nll);
}

// Noise on W and U of the cell; of W, at least on the rows of the inputs that are used (all, where that is
// null).
void add_weight_noise(const Model& model, const WeightNoise& noise, const bool* used) {
  copy(noise.from, noise.to, parameter_count(model));
  for (int64_t gate = 0; gate < model.unit.shape.gates; gate++) {
    const int64_t W = offset_W(model, gate), U = offset_U(model, gate), end = offset_b(model, gate);
    const auto is_used = [=](int64_t first, int64_t last) {
      if (!used || last > U) return true;
      for (int64_t i = (first - W) / model.H; i * model.H < last - W; i++)
        if (used[i]) return true;
      return false;
    };
    add_noise(noise, W, end, is_used);
  }
}

void weight_noise(const Model& model, const WeightNoise& noise) { add_weight_noise(model, noise, nullptr); }

// A stretch of noise costs some hundred operations: it is drawn where the batch has the inputs alone.
double update(const Model& model, const Batch& batch, WeightNoise noise, RmsPropStep step, Workspace& space,
              Threads& threads, double* nll) {
  const float* parameters = noise.from;
  if (noise.deviation != 0) {
    noise.to = space.noisy;
    mark_used_inputs(model, batch, space.used_inputs);
    add_weight_noise(model, noise, space.used_inputs);
    parameters = space.noisy;
  }
  const float mean = static_cast<float>(1.0 / static_cast<double>(batch.sequences));
  for (int64_t b = 0; b < batch.sequences; b++) space.mean[b] = mean;
  sequence_nll_and_gradient(model, batch, parameters, space.mean, space, threads, nll, space.flat_gradient);
  step.gradient = space.flat_gradient;
  return rmsprop_momentum(step);
}

// Twelve sums at once keep two multipliers of four cycles busy on every processor of these paths.
double multiply_adds(int64_t rounds) {
  constexpr int SUMS = 2 * ROW_VECTORS > 12 ? 12 : 6;
  Vector sums[SUMS];
  for (Vector& sum : sums) sum = zero();
  Vector left = broadcast(1.0f), right = broadcast(1e-9f);
  for (int64_t i = 0; i < rounds; i++) {
#pragma GCC unroll 16
    for (int j = 0; j < SUMS; j++) sums[j] = fma(left, right, sums[j]);
  }
  volatile float kept = 0;
  for (const Vector& each : sums) kept = kept + sum(each);
  return static_cast<double>(rounds) * SUMS * LANES;
}

// A kernel as its callers get it.
template <auto kernel> struct Entry;

template <class Result, class... Arguments, Result (*kernel)(Arguments...)> struct Entry<kernel> {
  static Result run(Arguments... arguments) {
    const DenormalsAreZero here;
    return kernel(arguments...);
  }
};

}  // namespace

extern const Kernels KERNELS = {PATH_NAME,
                                UNITS,
                                sizeof UNITS / sizeof UNITS[0],
                                Entry<sequence_nll>::run,
                                Entry<sequence_nll_and_gradient>::run,
                                Entry<weight_noise>::run,
                                Entry<rmsprop_momentum>::run,
                                Entry<update>::run,
                                Entry<multiply_adds>::run};

}  // namespace PATH
