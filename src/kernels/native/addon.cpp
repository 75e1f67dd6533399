// The kernels as functions of JavaScript, through Node-API.
#include <node_api.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif
#if !defined(_WIN32)
#include <dlfcn.h>
#endif

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "calls.h"
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

// What `reject` throws, until it becomes a JavaScript exception.
struct Rejected {
  Wrong wrong;
  Message message;
};

template <class T> constexpr napi_typedarray_type TYPED_ARRAY = napi_uint8_array;
template <> constexpr napi_typedarray_type TYPED_ARRAY<int32_t> = napi_int32_array;
template <> constexpr napi_typedarray_type TYPED_ARRAY<float> = napi_float32_array;
template <> constexpr napi_typedarray_type TYPED_ARRAY<double> = napi_float64_array;

// As calls.h wants them.
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    count_ = MOST;
    napi_get_cb_info(env, info, &count_, values_, nullptr, &addon_);
  }

  Addon& door() const { return *static_cast<Addon*>(addon_); }

  bool is_nothing() const {
    napi_valuetype type = napi_undefined;
    if (position_ < count_) napi_typeof(env_, values_[position_], &type);
    return type == napi_undefined || type == napi_null;
  }

  void skip() { position_++; }

  double number(const char* name) {
    double value = 0;
    if (napi_get_value_double(env_, next(name), &value) != napi_ok)
      reject(Wrong::type, Message() << name << " has to be a number");
    return value;
  }

  template <class T> T* array(const char* name, int64_t& found) {
    napi_typedarray_type type;
    size_t elements = 0;
    void* data = nullptr;
    if (napi_get_typedarray_info(env_, next(name), &type, &elements, &data, nullptr, nullptr) != napi_ok ||
        type != TYPED_ARRAY<T>)
      reject(Wrong::type, Message() << name << " is not the typed array that it has to be");
    found = static_cast<int64_t>(elements);
    return static_cast<T*>(data);
  }

  std::string text(const char* name) {
    const napi_value value = next(name);
    size_t length = 0;
    if (napi_get_value_string_utf8(env_, value, nullptr, 0, &length) != napi_ok)
      reject(Wrong::type, Message() << name << " has to be text");
    std::string text(length + 1, '\0');
    napi_get_value_string_utf8(env_, value, &text[0], text.size(), &length);
    text.resize(length);
    return text;
  }

 private:
  static constexpr size_t MOST = 32;

  napi_value next(const char* name) {
    if (position_ >= count_) reject(Wrong::type, Message() << name << " is missing");
    return values_[position_++];
  }

  napi_env env_;
  size_t count_ = 0, position_ = 0;
  napi_value values_[MOST];
  void* addon_ = nullptr;
};

// path, the file of a library that holds one unit, compiled for this path. Returns the unit's number on it.
double load_unit(Arguments& arguments) {
  const Kernels& kernels = read_path(arguments);
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
  return static_cast<double>(arguments.door().add_unit(kernels, own->unit));
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
  } catch (const Rejected& rejected) {
    constexpr decltype(&napi_throw_error) THROW[] = {napi_throw_type_error, napi_throw_range_error,
                                                     napi_throw_error};
    THROW[static_cast<int>(rejected.wrong)](env, nullptr, rejected.message.text());
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

void reject(Wrong wrong, const Message& message) { throw Rejected{wrong, message}; }

NAPI_MODULE_INIT() {
  Addon* addon = new Addon();
  napi_set_instance_data(
      env, addon, [](napi_env, void* data, void*) { delete static_cast<Addon*>(data); }, nullptr);
  napi_set_named_property(env, exports, "paths", path_names(env, *addon));
  napi_set_named_property(env, exports, "units", unit_names(env, *addon->paths[0]));
  define(env, exports, "sequenceNll", call<sequence_nll<Arguments>>, addon);
  define(env, exports, "workspaceBytes", call<workspace_bytes<Arguments>>, addon);
  define(env, exports, "loadUnit", call<load_unit>, addon);
  define(env, exports, "weightNoise", call<weight_noise<Arguments>>, addon);
  define(env, exports, "rmsPropMomentum", call<rmsprop_momentum<Arguments>>, addon);
  define(env, exports, "update", call<update<Arguments>>, addon);
  define(env, exports, "multiplyAdds", call<multiply_adds<Arguments>>, addon);
  return exports;
}
