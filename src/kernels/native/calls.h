// What JavaScript may ask of the kernels, through whichever door it comes: Node-API (addon.cpp) or
// WebAssembly (wasm.cpp). src/kernels/native.ts states the functions' types.
//
// Nothing that JavaScript passes is trusted here: lengths, orders and indices are checked before a kernel
// runs, and what does not fit is a TypeError or RangeError.
//
// A door's Arguments are those of one call, taken in order:
//
//     door()                         what is kept between calls: paths, units, memory, threads
//     is_nothing(), skip()           of the next argument
//     number(name)
//     array<T>(name, found)          the elements of a typed array, whose memory no other thread changes
//     flush(values, n)               so that denormal numbers among them count as zero
//     memory_of_arrays               filled here
#pragma once

#include <climits>

#include "kernels.h"
#include "message.h"

constexpr int64_t MAXIMUM_SIZE = int64_t{1} << 24;
constexpr int64_t MAXIMUM_THREADS = 1024;
constexpr int64_t MAXIMUM_ROUNDS = int64_t{1} << 24;

template <class Arguments>
int64_t read_integer(Arguments& arguments, const char* name, int64_t least, int64_t most) {
  const double value = arguments.number(name);
  // Written so that NaN is refused as well.
  if (!(value >= static_cast<double>(least) && value <= static_cast<double>(most)) ||
      value != static_cast<double>(static_cast<int64_t>(value)))
    reject(Wrong::range, Message() << name << " has to be a whole number from " << least << " to " << most);
  return static_cast<int64_t>(value);
}

template <class Arguments> uint32_t read_word(Arguments& arguments, const char* name) {
  return static_cast<uint32_t>(read_integer(arguments, name, 0, UINT32_MAX));
}

// The memory of a call's arrays. One that is written shares none with another: what a kernel reads would no
// longer be what was checked.
class MemoryOfArrays {
 public:
  void add(const char* name, const void* at, int64_t bytes, bool written) {
    if (bytes == 0) return;
    const auto begin = reinterpret_cast<uintptr_t>(at), end = begin + static_cast<uintptr_t>(bytes);
    for (int i = 0; i < count_; i++) {
      const Part& other = parts_[i];
      if ((written || other.written) && begin < other.end && other.begin < end)
        reject(Wrong::range, Message() << name << " shares memory with " << other.name);
    }
    parts_[count_++] = {name, begin, end, written};
  }

 private:
  struct Part {
    const char* name;
    uintptr_t begin, end;
    bool written;
  };
  static constexpr int MOST = 16;

  Part parts_[MOST];
  int count_ = 0;
};

template <class T, class Arguments>
T* take_array(Arguments& arguments, const char* name, bool written, int64_t& found) {
  T* at = arguments.template array<T>(name, found);
  arguments.memory_of_arrays.add(name, at, found * static_cast<int64_t>(sizeof(T)), written);
  return at;
}

template <class T, class Arguments>
T* take_array_of(Arguments& arguments, const char* name, bool written, int64_t length) {
  int64_t found = 0;
  T* at = take_array<T>(arguments, name, written, found);
  if (found != length)
    reject(Wrong::range, Message() << name << " has to have " << length << " elements, it has " << found);
  return at;
}

template <class T, class Arguments>
const T* read_array(Arguments& arguments, const char* name, int64_t length) {
  return take_array_of<T>(arguments, name, false, length);
}

// One that a model's kernels read, of which denormal numbers count as zero.
template <class Arguments> const float* read_numbers(Arguments& arguments, const char* name, int64_t length) {
  float* at = take_array_of<float>(arguments, name, false, length);
  arguments.flush(at, length);
  return at;
}

// One whose elements the call writes, all of them or none.
template <class T, class Arguments>
T* written_array(Arguments& arguments, const char* name, int64_t length) {
  return take_array_of<T>(arguments, name, true, length);
}

// One that has `found` elements.
template <class T, class Arguments>
const T* read_all(Arguments& arguments, const char* name, int64_t& found) {
  return take_array<T>(arguments, name, false, found);
}

template <class Arguments> const Kernels& read_path(Arguments& arguments) {
  const auto& paths = arguments.door().paths;
  return *paths[static_cast<size_t>(
      read_integer(arguments, "path", 0, static_cast<int64_t>(paths.size()) - 1))];
}

// [unit, hidden units, input size, output, frame size, mixtures]; the unit by its number on the path.
template <class Arguments> Model read_model(Arguments& arguments, const Kernels& kernels) {
  const int32_t* fields = read_array<int32_t>(arguments, "model", 6);
  const auto check = [&](int i, const char* name, int64_t least, int64_t most) {
    if (fields[i] < least || fields[i] > most)
      reject(Wrong::range,
             Message() << "the model's " << name << " has to be from " << least << " to " << most);
  };
  check(0, "unit", 0, arguments.door().unit_count(kernels) - 1);
  check(1, "hidden units", 1, 1 << 14);
  check(2, "input size", 1, 1 << 14);
  check(3, "output", 0, 1);
  check(4, "frame size", 1, 1 << 14);
  check(5, "mixtures", fields[3], 1 << 10);
  return {arguments.door().unit(kernels, fields[0]),
          fields[1],
          fields[2],
          static_cast<Output>(fields[3]),
          fields[4],
          fields[5]};
}

struct RowsNames {
  const char *values, *starts, *columns;
};

// `values` (Float32Array), or `starts` (Int32Array) and `columns` (Uint8Array).
template <class Arguments>
Rows read_rows(Arguments& arguments, const RowsNames& names, int64_t frames, int64_t width) {
  if (!arguments.is_nothing()) {
    const float* values = read_numbers(arguments, names.values, frames * width);
    arguments.skip();
    arguments.skip();
    return {values, nullptr, nullptr, width};
  }
  arguments.skip();
  int64_t size = 0;
  const int32_t* starts = read_array<int32_t>(arguments, names.starts, frames + 1);
  const uint8_t* columns = read_all<uint8_t>(arguments, names.columns, size);
  if (starts[0] < 0 || starts[frames] > size)
    reject(Wrong::range, Message() << names.starts << " leaves the columns");
  for (int64_t n = 0; n < frames; n++)
    if (starts[n] > starts[n + 1]) reject(Wrong::range, Message() << names.starts << " decreases");
  uint8_t largest = 0;
  for (int64_t i = starts[0]; i < starts[frames]; i++) largest = columns[i] > largest ? columns[i] : largest;
  if (starts[frames] > starts[0] && largest >= width)
    reject(Wrong::range, Message() << names.columns << " holds a column out of range");
  return {nullptr, starts, columns, width};
}

template <class Arguments> Batch read_batch(Arguments& arguments, const Model& model) {
  int64_t steps = 0, frames = 0;
  const int32_t* active = read_all<int32_t>(arguments, "active", steps);
  if (steps < 1 || active[0] < 1 || active[0] > MAXIMUM_SIZE)
    reject(Wrong::range, Message() << "active is empty or out of range");
  for (int64_t t = 0; t < steps; t++) {
    if (active[t] < 1 || (t > 0 && active[t] > active[t - 1]))
      reject(Wrong::range, Message() << "active has to fall and stay above 0");
    frames += active[t];
  }
  if (frames > INT_MAX / 2) reject(Wrong::range, Message() << "active holds too many frames");
  Batch batch = {active[0], frames, steps, active, {}, {}};
  batch.inputs = read_rows(arguments, {"inputs.values", "inputs.starts", "inputs.columns"}, frames, model.I);
  batch.targets =
      read_rows(arguments, {"targets.values", "targets.starts", "targets.columns"}, frames, model.D);
  if (model.output == Output::mixture && !batch.targets.values)
    reject(Wrong::type, Message() << "a mixture's targets have to be dense");
  return batch;
}

template <class Arguments>
Workspace read_workspace(Arguments& arguments, const Model& model, const Batch& batch, Extent extent,
                         int threads) {
  Workspace space = {};
  char* base = arguments.door().memory(lay_out(space, nullptr, model, batch, extent, threads));
  if (!base) reject(Wrong::system, Message() << "out of memory; take fewer sequences an update");
  lay_out(space, base, model, batch, extent, threads);
  return space;
}

// path, threads, model, active, inputs, targets (three arguments each), parameters, NLL [B]; and for the
// gradient of Σ dy·NLL: dy [B] and where the gradient goes.
template <class Arguments> void sequence_nll(Arguments& arguments) {
  const Kernels& kernels = read_path(arguments);
  const int threads = static_cast<int>(read_integer(arguments, "threads", 1, MAXIMUM_THREADS));
  const Model model = read_model(arguments, kernels);
  const Batch batch = read_batch(arguments, model);
  const float* parameters = read_numbers(arguments, "parameters", parameter_count(model));
  double* nll = written_array<double>(arguments, "nll", batch.sequences);
  const bool gradient = !arguments.is_nothing();
  const float* dy = gradient ? read_array<float>(arguments, "dy", batch.sequences) : nullptr;
  if (!gradient) arguments.skip();
  if (!gradient && !arguments.is_nothing()) reject(Wrong::type, Message() << "dy is missing");
  float* out = gradient ? written_array<float>(arguments, "gradient", parameter_count(model)) : nullptr;

  const Extent extent = gradient ? Extent::gradient : Extent::nll;
  Workspace space = read_workspace(arguments, model, batch, extent, threads);
  Threads& pool = arguments.door().threads(threads);
  if (gradient)
    kernels.sequence_nll_and_gradient(model, batch, parameters, dy, space, pool, nll, out);
  else
    kernels.sequence_nll(model, batch, parameters, space, pool, nll);
}

// path, model, sequences, frames, extent (workspace.h), threads
template <class Arguments> double workspace_bytes(Arguments& arguments) {
  const Model model = read_model(arguments, read_path(arguments));
  Batch batch = {};
  batch.sequences = read_integer(arguments, "sequences", 1, MAXIMUM_SIZE);
  batch.frames = read_integer(arguments, "frames", 1, INT_MAX / 2);
  const Extent extent = static_cast<Extent>(read_integer(arguments, "extent", 0, 2));
  const int threads = static_cast<int>(read_integer(arguments, "threads", 1, MAXIMUM_THREADS));
  Workspace space = {};
  return static_cast<double>(lay_out(space, nullptr, model, batch, extent, threads));
}

// deviation, seed, purpose, update, epoch
template <class Arguments> void read_draw(Arguments& arguments, WeightNoise& noise) {
  noise.deviation = static_cast<float>(arguments.number("deviation"));
  noise.key[0] = read_word(arguments, "seed");
  noise.key[1] = read_word(arguments, "purpose");
  noise.counter[0] = read_word(arguments, "update");
  noise.counter[1] = read_word(arguments, "epoch");
}

// decay, momentum, learning rate, floor, maximum norm
template <class Arguments> void read_rates(Arguments& arguments, RmsPropStep& step) {
  const double decay = arguments.number("decay");
  step.decay = static_cast<float>(decay);
  step.one_minus_decay = static_cast<float>(1 - decay);
  step.momentum = static_cast<float>(arguments.number("momentum"));
  step.learning_rate = static_cast<float>(arguments.number("learningRate"));
  step.floor = static_cast<float>(arguments.number("rmsFloor"));
  step.maximum_norm = arguments.number("maximumGradientNorm");
}

// path, model, parameters, where the noisy ones go, and the draw
template <class Arguments> void weight_noise(Arguments& arguments) {
  const Kernels& kernels = read_path(arguments);
  const Model model = read_model(arguments, kernels);
  const int64_t size = parameter_count(model);
  WeightNoise noise = {};
  noise.from = read_array<float>(arguments, "parameters", size);
  noise.to = written_array<float>(arguments, "noisy", size);
  read_draw(arguments, noise);
  kernels.weight_noise(model, noise);
}

// path, parameters, mean square, velocity, gradient, the next three, and the rates. Returns the gradient's
// norm.
template <class Arguments> double rmsprop_momentum(Arguments& arguments) {
  const Kernels& kernels = read_path(arguments);
  RmsPropStep step = {};
  float* parameters = take_array<float>(arguments, "parameters", false, step.size);
  arguments.flush(parameters, step.size);
  step.parameters = parameters;
  step.mean_square = read_array<float>(arguments, "meanSquare", step.size);
  step.velocity = read_array<float>(arguments, "velocity", step.size);
  step.gradient = read_numbers(arguments, "gradient", step.size);
  step.next_parameters = written_array<float>(arguments, "nextParameters", step.size);
  step.next_mean_square = written_array<float>(arguments, "nextMeanSquare", step.size);
  step.next_velocity = written_array<float>(arguments, "nextVelocity", step.size);
  read_rates(arguments, step);
  return kernels.rmsprop_momentum(step);
}

// path, threads, model, active, inputs, targets (three arguments each), NLL [B], parameters, mean square,
// velocity, the next three, the draw and the rates. Returns the gradient's norm.
template <class Arguments> double update(Arguments& arguments) {
  const Kernels& kernels = read_path(arguments);
  const int threads = static_cast<int>(read_integer(arguments, "threads", 1, MAXIMUM_THREADS));
  const Model model = read_model(arguments, kernels);
  const Batch batch = read_batch(arguments, model);
  double* nll = written_array<double>(arguments, "nll", batch.sequences);
  RmsPropStep step = {};
  step.size = parameter_count(model);
  step.parameters = read_numbers(arguments, "parameters", step.size);
  step.mean_square = read_array<float>(arguments, "meanSquare", step.size);
  step.velocity = read_array<float>(arguments, "velocity", step.size);
  step.next_parameters = written_array<float>(arguments, "nextParameters", step.size);
  step.next_mean_square = written_array<float>(arguments, "nextMeanSquare", step.size);
  step.next_velocity = written_array<float>(arguments, "nextVelocity", step.size);
  WeightNoise noise = {};
  noise.from = step.parameters;
  read_draw(arguments, noise);
  read_rates(arguments, step);
  Workspace space = read_workspace(arguments, model, batch, Extent::update, threads);
  return kernels.update(model, batch, noise, step, space, arguments.door().threads(threads), nll);
}

// path, rounds. Returns the number of multiply-adds done. So few rounds that no call keeps its caller for
// long.
template <class Arguments> double multiply_adds(Arguments& arguments) {
  const Kernels& kernels = read_path(arguments);
  return kernels.multiply_adds(read_integer(arguments, "rounds", 1, MAXIMUM_ROUNDS));
}
