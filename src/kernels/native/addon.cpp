// The kernels as functions of JavaScript, through Node-API. src/kernels/native.ts states their types.
//
// Nothing that JavaScript passes is trusted here: lengths, orders and indices are checked before a kernel
// runs, and what does not fit is a TypeError or RangeError.
#include <node_api.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif
#if !defined(_WIN32)
#include <dlfcn.h>
#endif

#include <climits>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "own-unit.h"
#include "paths.h"

namespace {

// What one JavaScript environment keeps between calls.
class Addon {
 public:
  const std::vector<const Kernels*> paths = runnable_paths();

  // Memory of at least so many bytes, or null.
  char* memory(uint64_t bytes) {
    if (bytes > capacity_) {
      memory_.reset();
      memory_.reset(static_cast<char*>(::operator new(bytes, LARGE_PAGE, std::nothrow)));
      capacity_ = memory_ ? bytes : 0;
#if defined(__linux__)
      // A request that the system may ignore; where it does not, rows far apart miss the address cache less.
      if (memory_) madvise(memory_.get(), bytes, MADV_HUGEPAGE);
#endif
    }
    return memory_.get();
  }

  // The units of a path: those that are built in, then those that were loaded.
  const Unit& unit(const Kernels& kernels, int64_t number) const {
    if (number < kernels.unit_count) return kernels.units[number];
    return *loaded_[index_of(kernels)][static_cast<size_t>(number - kernels.unit_count)];
  }
  int64_t unit_count(const Kernels& kernels) const {
    return kernels.unit_count + static_cast<int64_t>(loaded_[index_of(kernels)].size());
  }

  // Adds a unit to those of a path. Returns its number.
  int64_t add_unit(const Kernels& kernels, const Unit& unit) {
    loaded_[index_of(kernels)].push_back(&unit);
    return unit_count(kernels) - 1;
  }

  Threads& threads(int count) {
    if (!threads_ || threads_->count() != count) {
      threads_.reset();
      threads_ = std::make_unique<Threads>(count);
    }
    return *threads_;
  }

 private:
  static constexpr std::align_val_t LARGE_PAGE{size_t{1} << 21};

  struct Release {
    void operator()(char* at) const { ::operator delete(at, LARGE_PAGE); }
  };

  size_t index_of(const Kernels& kernels) const {
    size_t index = 0;
    while (paths[index] != &kernels) index++;
    return index;
  }

  // For each path.
  std::vector<std::vector<const Unit*>> loaded_{paths.size()};
  std::unique_ptr<char, Release> memory_;
  uint64_t capacity_ = 0;
  std::unique_ptr<Threads> threads_;
};

// What is wrong with a call; becomes a JavaScript exception.
struct Wrong {
  bool range;
  std::string message;
};

[[noreturn]] void reject_type(const std::string& message) { throw Wrong{false, message}; }
[[noreturn]] void reject_range(const std::string& message) { throw Wrong{true, message}; }

constexpr int64_t MAXIMUM_SIZE = int64_t{1} << 24;
constexpr int MAXIMUM_THREADS = 1024;

// The arguments of one call, taken in order.
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    count_ = MOST;
    napi_get_cb_info(env, info, &count_, values_, nullptr, &addon_);
  }

  Addon& addon() const { return *static_cast<Addon*>(addon_); }

  double number(const char* name) {
    double value = 0;
    if (napi_get_value_double(env_, next(name), &value) != napi_ok)
      reject_type(std::string(name) + " has to be a number");
    return value;
  }

  std::string text(const char* name) {
    const napi_value value = next(name);
    size_t length = 0;
    if (napi_get_value_string_utf8(env_, value, nullptr, 0, &length) != napi_ok)
      reject_type(std::string(name) + " has to be text");
    std::string text(length + 1, '\0');
    napi_get_value_string_utf8(env_, value, &text[0], text.size(), &length);
    text.resize(length);
    return text;
  }

  int64_t integer(const char* name, int64_t least, int64_t most) {
    const double value = number(name);
    // Written so that NaN is refused as well.
    if (!(value >= static_cast<double>(least) && value <= static_cast<double>(most)) ||
        value != static_cast<double>(static_cast<int64_t>(value)))
      reject_range(std::string(name) + " has to be a whole number from " + std::to_string(least) + " to " +
                   std::to_string(most));
    return static_cast<int64_t>(value);
  }

  const Kernels& path() {
    const auto& paths = addon().paths;
    return *paths[integer("path", 0, static_cast<int64_t>(paths.size()) - 1)];
  }

  bool is_nothing() const {
    napi_valuetype type = napi_undefined;
    if (position_ < count_) napi_typeof(env_, values_[position_], &type);
    return type == napi_undefined || type == napi_null;
  }

  void skip() { position_++; }

  // The elements of a typed array; `length` below 0 takes any and `found` receives it.
  template <class T>
  T* array(const char* name, napi_typedarray_type type, int64_t length, int64_t* found = nullptr) {
    napi_typedarray_type actual;
    size_t elements = 0;
    void* data = nullptr;
    if (napi_get_typedarray_info(env_, next(name), &actual, &elements, &data, nullptr, nullptr) != napi_ok ||
        actual != type)
      reject_type(std::string(name) + " is not the typed array that it has to be");
    if (length >= 0 && elements != static_cast<size_t>(length))
      reject_range(std::string(name) + " has to have " + std::to_string(length) + " elements, it has " +
                   std::to_string(elements));
    if (found) *found = static_cast<int64_t>(elements);
    return static_cast<T*>(data);
  }

  float* floats(const char* name, int64_t length) { return array<float>(name, napi_float32_array, length); }

 private:
  static constexpr size_t MOST = 16;

  napi_value next(const char* name) {
    if (position_ >= count_) reject_type(std::string(name) + " is missing");
    return values_[position_++];
  }

  napi_env env_;
  size_t count_ = 0, position_ = 0;
  napi_value values_[MOST];
  void* addon_ = nullptr;
};

// [unit, hidden units, input size, output, frame size, mixtures]; the unit by its number on the path.
Model read_model(Arguments& arguments, const Kernels& kernels) {
  const int32_t* fields = arguments.array<int32_t>("model", napi_int32_array, 6);
  const auto check = [&](int i, const char* name, int64_t least, int64_t most) {
    if (fields[i] < least || fields[i] > most)
      reject_range(std::string("the model's ") + name + " has to be from " + std::to_string(least) + " to " +
                   std::to_string(most));
  };
  check(0, "unit", 0, arguments.addon().unit_count(kernels) - 1);
  check(1, "hidden units", 1, 1 << 14);
  check(2, "input size", 1, 1 << 14);
  check(3, "output", 0, 1);
  check(4, "frame size", 1, 1 << 14);
  check(5, "mixtures", fields[3], 1 << 10);
  return {arguments.addon().unit(kernels, fields[0]), fields[1], fields[2],
          static_cast<Output>(fields[3]),             fields[4], fields[5]};
}

// `values` (Float32Array), or `starts` (Int32Array) and `columns` (Uint8Array).
Rows read_rows(Arguments& arguments, const std::string& name, int64_t frames, int64_t width) {
  if (!arguments.is_nothing()) {
    const float* values = arguments.floats((name + ".values").c_str(), frames * width);
    arguments.skip();
    arguments.skip();
    return {values, nullptr, nullptr, width};
  }
  arguments.skip();
  int64_t size = 0;
  const int32_t* starts = arguments.array<int32_t>((name + ".starts").c_str(), napi_int32_array, frames + 1);
  const uint8_t* columns = arguments.array<uint8_t>((name + ".columns").c_str(), napi_uint8_array, -1, &size);
  if (starts[0] < 0 || starts[frames] > size) reject_range(name + ".starts leaves the columns");
  for (int64_t n = 0; n < frames; n++)
    if (starts[n] > starts[n + 1]) reject_range(name + ".starts decreases");
  uint8_t largest = 0;
  for (int64_t i = starts[0]; i < starts[frames]; i++) largest = columns[i] > largest ? columns[i] : largest;
  if (starts[frames] > starts[0] && largest >= width)
    reject_range(name + ".columns holds a column out of range");
  return {nullptr, starts, columns, width};
}

Batch read_batch(Arguments& arguments, const Model& model) {
  int64_t steps = 0, frames = 0;
  const int32_t* active = arguments.array<int32_t>("active", napi_int32_array, -1, &steps);
  if (steps < 1 || active[0] < 1 || active[0] > MAXIMUM_SIZE) reject_range("active is empty or out of range");
  for (int64_t t = 0; t < steps; t++) {
    if (active[t] < 1 || (t > 0 && active[t] > active[t - 1]))
      reject_range("active has to fall and stay above 0");
    frames += active[t];
  }
  if (frames > INT_MAX / 2) reject_range("active holds too many frames");
  Batch batch = {active[0], frames, steps, active, {}, {}};
  batch.inputs = read_rows(arguments, "inputs", frames, model.I);
  batch.targets = read_rows(arguments, "targets", frames, model.D);
  if (model.output == Output::mixture && !batch.targets.values)
    reject_type("a mixture's targets have to be dense");
  return batch;
}

// path, threads, model, active, inputs, targets (three arguments each), parameters, NLL [B]; and for the
// gradient of Σ dy·NLL: dy [B] and where the gradient goes.
void sequence_nll(Arguments& arguments) {
  const Kernels& kernels = arguments.path();
  const int threads = static_cast<int>(arguments.integer("threads", 1, MAXIMUM_THREADS));
  const Model model = read_model(arguments, kernels);
  const Batch batch = read_batch(arguments, model);
  const float* parameters = arguments.floats("parameters", parameter_count(model));
  double* nll = arguments.array<double>("nll", napi_float64_array, batch.sequences);
  const bool gradient = !arguments.is_nothing();
  const float* dy = gradient ? arguments.floats("dy", batch.sequences) : nullptr;
  float* out = gradient ? arguments.floats("gradient", parameter_count(model)) : nullptr;

  Workspace space = {};
  char* base = arguments.addon().memory(lay_out(space, nullptr, model, batch, gradient, threads));
  if (!base) throw std::runtime_error("out of memory; take fewer sequences an update");
  lay_out(space, base, model, batch, gradient, threads);
  Threads& pool = arguments.addon().threads(threads);
  if (gradient)
    kernels.sequence_nll_and_gradient(model, batch, parameters, dy, space, pool, nll, out);
  else
    kernels.sequence_nll(model, batch, parameters, space, pool, nll);
}

// path, model, sequences, frames, whether with the gradient, threads
double workspace_bytes(Arguments& arguments) {
  const Kernels& kernels = arguments.path();
  const Model model = read_model(arguments, kernels);
  Batch batch = {};
  batch.sequences = arguments.integer("sequences", 1, MAXIMUM_SIZE);
  batch.frames = arguments.integer("frames", 1, INT_MAX / 2);
  const bool gradient = arguments.integer("gradient", 0, 1) == 1;
  const int threads = static_cast<int>(arguments.integer("threads", 1, MAXIMUM_THREADS));
  Workspace space = {};
  return static_cast<double>(lay_out(space, nullptr, model, batch, gradient, threads));
}

// path, model, parameters, where the noisy ones go, deviation, seed, purpose, update, epoch
void weight_noise(Arguments& arguments) {
  const Kernels& kernels = arguments.path();
  const Model model = read_model(arguments, kernels);
  const int64_t size = parameter_count(model);
  WeightNoise noise = {};
  noise.from = arguments.floats("parameters", size);
  noise.to = arguments.floats("noisy", size);
  noise.deviation = static_cast<float>(arguments.number("deviation"));
  noise.key[0] = static_cast<uint32_t>(arguments.integer("seed", 0, UINT32_MAX));
  noise.key[1] = static_cast<uint32_t>(arguments.integer("purpose", 0, UINT32_MAX));
  noise.counter[0] = static_cast<uint32_t>(arguments.integer("update", 0, UINT32_MAX));
  noise.counter[1] = static_cast<uint32_t>(arguments.integer("epoch", 0, UINT32_MAX));
  kernels.weight_noise(model, noise);
}

// path, parameters, mean square, velocity, gradient, the next three, then decay, momentum, learning rate,
// floor, maximum norm. Returns the gradient's norm.
double rmsprop_momentum(Arguments& arguments) {
  const Kernels& kernels = arguments.path();
  RmsPropStep step = {};
  step.parameters = arguments.array<float>("parameters", napi_float32_array, -1, &step.size);
  step.mean_square = arguments.floats("meanSquare", step.size);
  step.velocity = arguments.floats("velocity", step.size);
  step.gradient = arguments.floats("gradient", step.size);
  step.next_parameters = arguments.floats("nextParameters", step.size);
  step.next_mean_square = arguments.floats("nextMeanSquare", step.size);
  step.next_velocity = arguments.floats("nextVelocity", step.size);
  const double decay = arguments.number("decay");
  step.decay = static_cast<float>(decay);
  step.one_minus_decay = static_cast<float>(1 - decay);
  step.momentum = static_cast<float>(arguments.number("momentum"));
  step.learning_rate = static_cast<float>(arguments.number("learningRate"));
  step.floor = static_cast<float>(arguments.number("rmsFloor"));
  step.maximum_norm = arguments.number("maximumGradientNorm");
  return kernels.rmsprop_momentum(step);
}

// path, rounds. Returns the number of multiply-adds done. So few rounds that no call keeps its caller for
// long.
double multiply_adds(Arguments& arguments) {
  const Kernels& kernels = arguments.path();
  return kernels.multiply_adds(arguments.integer("rounds", 1, int64_t{1} << 24));
}

// path, the file of a library that holds one unit, compiled for this path. Returns the unit's number on it.
double load_unit(Arguments& arguments) {
  const Kernels& kernels = arguments.path();
  const std::string file = arguments.text("file");
#if defined(_WIN32)
  throw std::runtime_error("units of their own are not loaded on Windows");
#else
  // Never closed: models point into it.
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) throw std::runtime_error(dlerror());
  const auto* own = static_cast<const OwnUnit*>(dlsym(library, OWN_UNIT_NAME));
  if (!own || own->layout != layout_of_calls())
    throw std::runtime_error(file + " was compiled for other kernels");
  return static_cast<double>(arguments.addon().add_unit(kernels, own->unit));
#endif
}

// A function of JavaScript from one of the above: its result, or the exception.
template <auto function> napi_value call(napi_env env, napi_callback_info info) {
  napi_value result = nullptr;
  try {
    Arguments arguments(env, info);
    if constexpr (std::is_void_v<decltype(function(arguments))>)
      function(arguments);
    else
      napi_create_double(env, function(arguments), &result);
  } catch (const Wrong& wrong) {
    (wrong.range ? napi_throw_range_error : napi_throw_type_error)(env, nullptr, wrong.message.c_str());
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return result;
}

void define(napi_env env, napi_value exports, const char* name, napi_callback callback, Addon* addon) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, addon, &function);
  napi_set_named_property(env, exports, name, function);
}

napi_value path_names(napi_env env, const Addon& addon) {
  napi_value names;
  napi_create_array(env, &names);
  for (size_t i = 0; i < addon.paths.size(); i++) {
    napi_value name;
    napi_create_string_utf8(env, addon.paths[i]->name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, names, static_cast<uint32_t>(i), name);
  }
  return names;
}

void set_text(napi_env env, napi_value object, const char* name, const char* text) {
  napi_value value;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, name, value);
}

// The units in the order of their numbers.
napi_value unit_names(napi_env env, const Kernels& kernels) {
  napi_value units;
  napi_create_array(env, &units);
  for (int64_t i = 0; i < kernels.unit_count; i++) {
    napi_value unit;
    napi_create_object(env, &unit);
    set_text(env, unit, "name", kernels.units[i].name);
    set_text(env, unit, "hash", kernels.units[i].hash);
    napi_set_element(env, units, static_cast<uint32_t>(i), unit);
  }
  return units;
}

}  // namespace

NAPI_MODULE_INIT() {
  Addon* addon = new Addon();
  napi_set_instance_data(
      env, addon, [](napi_env, void* data, void*) { delete static_cast<Addon*>(data); }, nullptr);
  napi_set_named_property(env, exports, "paths", path_names(env, *addon));
  napi_set_named_property(env, exports, "units", unit_names(env, *addon->paths[0]));
  define(env, exports, "sequenceNll", call<sequence_nll>, addon);
  define(env, exports, "workspaceBytes", call<workspace_bytes>, addon);
  define(env, exports, "loadUnit", call<load_unit>, addon);
  define(env, exports, "weightNoise", call<weight_noise>, addon);
  define(env, exports, "rmsPropMomentum", call<rmsprop_momentum>, addon);
  define(env, exports, "multiplyAdds", call<multiply_adds>, addon);
  return exports;
}
