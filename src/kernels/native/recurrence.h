// A unit through time: forward over the steps, and the gradient backward over them.
//
// Sequences do not meet, so each thread takes some of them through all steps.
#pragma once

#include "gru.h"
#include "lstm.h"
#include "tanh.h"
#include "weights.h"

namespace PATH {

// The sequences [begin, end) of a thread, cut so that each thread has about as many frames.
struct Share {
  long begin, end;
};

inline Share share_of(const Call& call, int index) {
  const long threads = call.threads.count(), B = call.batch.sequences;
  Share share = {index == 0 ? 0 : B, B};
  long frames = 0, cut = 1, t = call.batch.steps;
  // Sequence b lasts as long as more than b are active; longest first, t only falls.
  for (long b = 0; b < B && cut <= index + 1; b++) {
    while (t > 0 && call.batch.active[t - 1] <= b) t--;
    frames += t;
    while (cut <= index + 1 && frames * threads >= cut * call.batch.frames) {
      if (cut == index) share.begin = b + 1;
      if (cut == index + 1) share.end = b + 1;
      cut++;
    }
  }
  if (index == threads - 1) share.end = B;
  return share;
}

// xW + b of some rows, into rows of gates.
inline void multiply_inputs(const Call& call, long n, long rows, float* gates) {
  const Rows& x = call.batch.inputs;
  const long width = call.width.gates, gates_row = call.width.gates_row;
  for (long i = 0; i < rows; i++) {
    float* a = gates + i * gates_row;
    if (x.values)
      copy(call.space.b, a, width);
    else
      for (long v = 0; v < width; v += LANES) {
        Vector sum = load(call.space.b + v);
        for (long k = x.starts[n + i]; k < x.starts[n + i + 1]; k++)
          sum = sum + load(call.space.W + x.columns[k] * width + v);
        store(a + v, sum);
      }
  }
  if (!x.values) return;
  if (call.single())
    multiply_row(x.values + n * x.width, input_panels(call), gates, true, false);
  else
    multiply(rows, {x.values + n * x.width, x.width, 1}, input_panels(call), gates, gates_row, true);
}

inline Weights recurrent_weights(const Call& call) {
  Weights weights = {};
  for (long g = 0; g < group_count(call.model); g++) {
    weights.U[g] = recurrent_panels(call, g);
    weights.U_transposed[g] = transposed_panels(call, g);
  }
  for (long p = 0; p < 3; p++) weights.V[p] = call.space.V + p * call.width.units;
  return weights;
}

// The rows of a share at step t. Row n is the first one's; `before` is n of the step before. Where only the
// NLL is wanted, gates and cells have one row a sequence instead of one a frame.
inline Step step_of(const Call& call, const Weights& weights, Share share, long t, long start,
                    bool gradient) {
  const Workspace& space = call.space;
  const long units = call.width.units, active = call.batch.active[t];
  const long n = start + share.begin;
  const long before = t == 0 ? 0 : n - call.batch.active[t - 1];
  const long kept = gradient ? n : share.begin, kept_before = gradient ? before : share.begin;
  const float* zeros = space.zeros + share.begin * units;
  Step step = {(share.end < active ? share.end : active) - share.begin,
               call.model.H,
               t == 0,
               t % 2 == 1,
               call.single(),
               weights};
  step.gates = space.gates + kept * call.width.gates_row;
  step.gates_row = call.width.gates_row;
  step.h_before = t == 0 ? zeros : space.h + before * units;
  step.c_before = t == 0 ? zeros : space.c + kept_before * units;
  step.h = space.h + n * units;
  step.c = space.c + kept * units;
  step.reset_h = space.reset_h + kept * units;
  step.units_row = units;
  if (!gradient) return step;
  step.dh = space.dh + n * units;
  step.dh_before = space.dh + before * units;
  step.dc = space.dc + share.begin * units;
  step.product = space.product + share.begin * units;
  return step;
}

template <class Unit> void run_forward(const Call& call, Share share, bool gradient) {
  const Weights weights = recurrent_weights(call);
  for (long t = 0, start = 0; t < call.batch.steps; start += call.batch.active[t++]) {
    const Step step = step_of(call, weights, share, t, start, gradient);
    if (step.rows <= 0) return;
    multiply_inputs(call, start + share.begin, step.rows, step.gates);
    Unit::forward(step);
  }
}

// Some successive steps [first, last), whose rows start at `start`.
struct Steps {
  long first, last, start;
};

template <class Unit> void run_backward(const Call& call, Share share, Steps steps) {
  const Weights weights = recurrent_weights(call);
  long start = steps.start;
  for (long t = steps.first; t < steps.last; t++) start += call.batch.active[t];
  for (long t = steps.last - 1; t >= steps.first; t--) {
    start -= call.batch.active[t];
    const Step step = step_of(call, weights, share, t, start, true);
    if (step.rows > 0) Unit::backward(step);
  }
}

}  // namespace PATH
