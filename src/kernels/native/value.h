// What equations compute with: sixteen floats, of which a denormal number is zero at each operation. The
// processor sees to that on most paths (denormals.h), and a Value is a Vector there. WebAssembly has no such
// instruction: what an operation gives is looked at. Processors look before it is rounded to a denormal
// number's last digit, so that one product in some 2²⁴ of those that end just below 2⁻¹²⁶ is 0 there, and
// 2⁻¹²⁶ here.
#pragma once

#include "functions.h"

namespace PATH {

#if defined(PATH_KEEPS_DENORMALS)

struct Value {
  Vector x;
};
inline Value value(Vector x) { return {flushed(x)}; }
inline Vector vector(Value a) { return a.x; }
// From memory that `store` wrote: nothing in it is denormal.
inline Value value(const float* p) { return {load(p)}; }
inline void store(float* p, Value a) { store_as_is(p, a.x); }
inline void store_first(float* p, Value a, int64_t n) { store_first_as_is(p, a.x, n); }

inline Value operator+(Value a, Value b) { return value(a.x + b.x); }
inline Value operator-(Value a, Value b) { return value(a.x - b.x); }
inline Value operator*(Value a, Value b) { return value(a.x * b.x); }
inline Value operator/(Value a, Value b) { return value(a.x / b.x); }
#if defined(PATH_WASM_FMA)
inline Value fma(Value a, Value b, Value c) { return value(fma(a.x, b.x, c.x)); }
#else
inline Value fma(Value a, Value b, Value c) { return a * b + c; }
#endif
inline Value sqrt(Value a) { return {sqrt(a.x)}; }
inline Value max(Value a, Value b) { return {max(a.x, b.x)}; }
inline Mask less(Value a, Value b) { return less(a.x, b.x); }
inline Value select(Mask m, Value yes, Value no) { return {select(m, yes.x, no.x)}; }

// Within functions no denormal number arises that would change what they give.
inline Value exp(Value a) { return {exp(a.x)}; }
inline Value tanh(Value a) { return {tanh(a.x)}; }
inline Value sigmoid(Value a) { return value(sigmoid(a.x)); }
struct SoftplusValue {
  Value value, slope;
};
inline SoftplusValue softplus(Value a) {
  const Softplus of = softplus(a.x);
  return {{of.value}, {of.slope}};
}

#else

using Value = Vector;
inline Value value(Vector x) { return x; }
inline Vector vector(Value a) { return a; }
inline Value value(const float* p) { return load(p); }

#endif

inline Value constant(float x) { return value(broadcast(x)); }
inline Value one_minus(Value x) { return constant(1.0f) - x; }

}  // namespace PATH
