// The kernels as functions of a WebAssembly module, which src/kernels/wasm.ts calls.
//
// The module has one path, and needs nothing of its host but a way to throw. A call's arguments stand in its
// memory, typed arrays as copies; behind them is room for the workspace.
#include <array>
#include <type_traits>

#include "calls.h"
#include "simd/simd.h"
#include "vector.h"

#define EXPORT(name) extern "C" __attribute__((export_name(name)))

// Throws a JavaScript exception.
extern "C" [[noreturn]] __attribute__((import_module("javascript"), import_name("reject"))) void
reject_in_javascript(Wrong wrong, const char* text, size_t length);

void reject(Wrong wrong, const Message& message) {
  reject_in_javascript(wrong, message.text(), message.length());
}

namespace {

// By what wasm.ts calls the type of an argument.
enum class Type : int32_t { nothing, number, int32, uint8, float32, float64, other };

template <class T> constexpr Type TYPE = Type::uint8;
template <> constexpr Type TYPE<int32_t> = Type::int32;
template <> constexpr Type TYPE<float> = Type::float32;
template <> constexpr Type TYPE<double> = Type::float64;

// One argument, as wasm.ts writes it: a number, or the address and the elements of an array.
struct Argument {
  Type type;
  uint32_t address;
  double value;
};

constexpr uint64_t PAGE = uint64_t{1} << 16;

// What is kept between calls: nothing but the memory.
class Door {
 public:
  static constexpr std::array<const Kernels*, 1> paths = {&PATH::KERNELS};

  explicit Door(char* free) : free_(free) {}

  int64_t unit_count(const Kernels& kernels) const { return kernels.unit_count; }
  const Unit& unit(const Kernels& kernels, int64_t number) const { return kernels.units[number]; }

  // What follows the arguments, at least so many bytes; or null.
  char* memory(uint64_t bytes) {
    const uint64_t end = reinterpret_cast<uintptr_t>(free_) + bytes;
    const uint64_t pages = (end + PAGE - 1) / PAGE, present = __builtin_wasm_memory_size(0);
    constexpr uint64_t MOST = (uint64_t{1} << 32) / PAGE;
    if (pages > MOST) return nullptr;
    if (pages > present && __builtin_wasm_memory_grow(0, pages - present) == SIZE_MAX) return nullptr;
    return free_;
  }

  Threads& threads(int) { return threads_; }

 private:
  char* free_;
  Threads threads_{1};
};

// As calls.h wants them.
class Arguments {
 public:
  Arguments(const Argument* first, size_t count, char* free)
      : next_(first), end_(first + count), door_(free) {}

  Door& door() { return door_; }
  bool is_nothing() const { return next_ == end_ || next_->type == Type::nothing; }
  void skip() { next_++; }

  double number(const char* name) {
    const Argument& argument = next(name);
    if (argument.type != Type::number) reject(Wrong::type, Message() << name << " has to be a number");
    return argument.value;
  }

  template <class T> T* array(const char* name, int64_t& found) {
    const Argument& argument = next(name);
    if (argument.type != TYPE<T>)
      reject(Wrong::type, Message() << name << " is not the typed array that it has to be");
    found = static_cast<int64_t>(argument.value);
    return reinterpret_cast<T*>(argument.address);
  }

 private:
  const Argument& next(const char* name) {
    if (next_ >= end_) reject(Wrong::type, Message() << name << " is missing");
    return *next_++;
  }

  const Argument* next_;
  const Argument* end_;
  Door door_;
};

// One of calls.h, whose result is 0 where it has none. `free` is where the memory behind the arguments
// begins.
template <auto function> double call(const Argument* first, size_t count, char* free) {
  Arguments arguments(first, count, free);
  if constexpr (std::is_void_v<decltype(function(arguments))>)
    return function(arguments), 0;
  else
    return function(arguments);
}

}  // namespace

EXPORT("sequenceNll") double sequence_nll(const Argument* first, size_t count, char* free) {
  return call<sequence_nll<Arguments>>(first, count, free);
}
EXPORT("workspaceBytes") double workspace_bytes(const Argument* first, size_t count, char* free) {
  return call<workspace_bytes<Arguments>>(first, count, free);
}
EXPORT("weightNoise") double weight_noise(const Argument* first, size_t count, char* free) {
  return call<weight_noise<Arguments>>(first, count, free);
}
EXPORT("rmsPropMomentum") double rmsprop_momentum(const Argument* first, size_t count, char* free) {
  return call<rmsprop_momentum<Arguments>>(first, count, free);
}
EXPORT("update") double update(const Argument* first, size_t count, char* free) {
  return call<update<Arguments>>(first, count, free);
}
EXPORT("multiplyAdds") double multiply_adds(const Argument* first, size_t count, char* free) {
  return call<multiply_adds<Arguments>>(first, count, free);
}

// What the module holds. Text ends with a zero.
EXPORT("pathName") const char* path_name() { return PATH_NAME; }
EXPORT("unitCount") int32_t unit_count() { return static_cast<int32_t>(PATH::KERNELS.unit_count); }
EXPORT("unitName") const char* unit_name(int32_t number) { return PATH::KERNELS.units[number].name; }
EXPORT("unitHash") const char* unit_hash(int32_t number) { return PATH::KERNELS.units[number].hash; }

namespace PATH {

// a·b + c rounded once, in double precision: exact where all of it has at most 53 bits.
inline float rounded_once(float a, float b, float c) {
  return static_cast<float>(static_cast<double>(a) * b + c);
}

// Whether `fma` rounds once in every lane. The engine decides it for relaxed instructions; by the standard it
// decides once.
bool rounds_once() {
  volatile float step = 0x1p-12f;
  float a[LANES], c[LANES], once[LANES];
  for (int i = 0; i < LANES; i++) {
    // Its square has a last bit that a float does not, 2⁻²⁴: rounded by itself, the product loses it.
    a[i] = 1 + static_cast<float>(2 * i + 1) * step;
    c[i] = -a[i] * a[i];
  }
  store(once, fma(load(a), load(a), load(c)));
  for (int i = 0; i < LANES; i++)
    if (once[i] == 0 || once[i] != rounded_once(a[i], a[i], c[i])) return false;
  // A hair below the middle between two floats, which double precision does not tell from the middle.
  const float near = 1 + 0x1p-11f * step, half = 0x1p-12f * step, thin = 0x1p-3f * step;
  store(once, fma(broadcast(half * (1 + thin)), broadcast(1 - thin), broadcast(near)));
  for (const float lane : once)
    if (lane != near) return false;
  return true;
}

}  // namespace PATH

EXPORT("roundsOnce") int32_t rounds_once() { return PATH::rounds_once(); }
