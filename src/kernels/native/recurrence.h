// A unit through time: forward over the steps, and the gradient backward over them.
//
// Sequences do not meet, so each thread takes some of them through all steps.
#pragma once

#include "weights.h"

namespace PATH {

// The sequences of a thread, cut so that each thread has about as many frames.
inline Share share_of(const Call& call, int index) {
  const int64_t threads = call.threads.count(), B = call.batch.sequences;
  Share share = {index == 0 ? 0 : B, B};
  int64_t frames = 0, cut = 1, t = call.batch.steps;
  // Sequence b lasts as long as more than b are active; longest first, t only falls.
  for (int64_t b = 0; b < B && cut <= index + 1; b++) {
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

// b + Σ of W's rows of the inputs that are 1, the vector from column v; FADES where a sum of weights may be
// denormal.
template <bool FADES> Vector sum_of_inputs(const Call& call, int64_t n, int64_t v) {
  const Rows& x = call.batch.inputs;
  const int64_t begin = call.width.input_begin, width = call.width.input;
  Vector sum = load(call.space.b + begin + v);
  for (int64_t k = x.starts[n]; k < x.starts[n + 1]; k++) {
    sum = sum + load(call.space.W + x.columns[k] * width + v);
    if (FADES) sum = flushed(sum);
  }
  return sum;
}

// xW + b of some rows, into rows of gates. Gates without an input get b alone.
inline void multiply_inputs(const Call& call, int64_t n, int64_t rows, float* gates) {
  const Rows& x = call.batch.inputs;
  const int64_t begin = call.width.input_begin, width = call.width.input, end = begin + width;
  const int64_t gates_row = call.width.gates_row;
  const auto sum_from = may_fade(call.least_parameter) ? sum_of_inputs<true> : sum_of_inputs<false>;
  for (int64_t i = 0; i < rows; i++) {
    float* a = gates + i * gates_row;
    if (x.values) {
      copy(call.space.b, a, call.width.gates);
      continue;
    }
    copy(call.space.b, a, begin);
    for (int64_t v = 0; v < width; v += LANES) store(a + begin + v, sum_from(call, n + i, v));
    if (end < call.width.gates) copy(call.space.b + end, a + end, call.width.gates - end);
  }
  if (!x.values) return;
  if (call.single)
    multiply_row(x.values + n * x.width, input_panels(call), gates + begin, true, false);
  else
    multiply(rows, {x.values + n * x.width, x.width, 1}, input_panels(call), gates + begin, gates_row, true);
}

inline Weights recurrent_weights(const Call& call) {
  const UnitShape& shape = call.model.unit.shape;
  Weights weights = {};
  for (int64_t g = 0; g < shape.groups; g++) {
    weights.U[g] = recurrent_panels(call, g);
    weights.U_transposed[g] = transposed_panels(call, g);
    weights.columns[g] = group_column(call.model, g);
  }
  for (int64_t p = 0; p < shape.weights; p++) weights.V[p] = call.space.V + p * call.width.units;
  for (int64_t e = 0; e < shape.extras; e++) weights.extra_columns[e] = extra_column(call.model, e);
  return weights;
}

// A step of a share, but for what moves from step to step.
template <class U> Step step_of(const Call& call, const Weights& weights, Share share) {
  constexpr const UnitShape& shape = U::shape;
  const Workspace& space = call.space;
  const int64_t offset = share.begin * call.width.units;
  Step step{0, call.model.H, false, false, call.single, weights};
  step.gates_row = call.width.gates_row;
  step.units_row = call.width.units;
  for (int64_t k = 1; k < shape.states; k++) step.gradient[k] = space.gradient[k] + offset;
  for (int64_t k = 0; k < shape.operands; k++) step.product[k] = space.product[k] + offset;
  for (int64_t k = 0; k < shape.carries; k++) step.carry[k] = space.carry[k] + offset;
  return step;
}

// Moves to the rows of a share at step t. Row n is the first one's; `before` is n of the step before. Where
// only the NLL is wanted, gates, operands and states but h have one row a sequence instead of one a frame.
template <class U>
void move_to(Step& step, const Call& call, Share share, int64_t t, int64_t start, bool gradient) {
  constexpr const UnitShape& shape = U::shape;
  const Workspace& space = call.space;
  const int64_t units = call.width.units, active = call.batch.active[t];
  const int64_t n = start + share.begin;
  const int64_t before = t == 0 ? 0 : n - call.batch.active[t - 1];
  const int64_t kept = gradient ? n : share.begin, kept_before = gradient ? before : share.begin;
  const float* zeros = space.zeros + share.begin * units;
  step.rows = (share.end < active ? share.end : active) - share.begin;
  step.first = t == 0;
  step.odd = t % 2 == 1;
  step.gates = space.gates + kept * call.width.gates_row;
  step.before[0] = t == 0 ? zeros : space.state[0] + before * units;
  step.after[0] = space.state[0] + n * units;
  for (int64_t k = 1; k < shape.states; k++) {
    step.before[k] = t == 0 ? zeros : space.state[k] + kept_before * units;
    step.after[k] = space.state[k] + kept * units;
  }
  for (int64_t k = 0; k < shape.operands; k++) step.operand[k] = space.operand[k] + kept * units;
  if (!gradient) return;
  step.dh = space.dh + n * units;
  step.dh_before = space.dh + before * units;
}

template <class U> void run_forward(const Call& call, Share share, bool gradient) {
  const Weights weights = recurrent_weights(call);
  Step step = step_of<U>(call, weights, share);
  for (int64_t t = 0, start = 0; t < call.batch.steps; start += call.batch.active[t++]) {
    move_to<U>(step, call, share, t, start, gradient);
    if (step.rows <= 0) return;
    multiply_inputs(call, start + share.begin, step.rows, step.gates);
    U::forward(step);
  }
}

template <class U> void run_backward(const Call& call, Share share, Steps steps) {
  const Weights weights = recurrent_weights(call);
  Step step = step_of<U>(call, weights, share);
  int64_t start = steps.start;
  for (int64_t t = steps.first; t < steps.last; t++) start += call.batch.active[t];
  for (int64_t t = steps.last - 1; t >= steps.first; t--) {
    start -= call.batch.active[t];
    move_to<U>(step, call, share, t, start, true);
    if (step.rows > 0) U::backward(step);
  }
}

// The time loop is made for each unit: a call through a pointer at each step would cost some percent.
template <class U> constexpr Unit unit_of(const char* name, const char* hash) {
  return {name, hash, U::shape, run_forward<U>, run_backward<U>};
}

}  // namespace PATH
