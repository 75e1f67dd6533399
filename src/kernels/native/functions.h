// Elementary functions of sixteen floats, each to a few units in the last place.
//
// The polynomials are those of the Cephes library (Moshier 1989), but for log1p and the trigonometric
// functions of full turns, which are Taylor series short enough for their intervals.
#pragma once

#include <limits>

#include "vector.h"

namespace PATH {

// n and r with x = n·ln 2 + r, |r| ≤ ln 2 / 2; n stands in the low bits of `shifted`, and as a float in `n`.
// Adding 1.5·2²³ rounds to an integer: an optimiser that reorders sums (-ffast-math) would undo it.
struct Reduced { Vector n, r; Integers exponent; };

inline Reduced reduce(Vector x) {
  const Vector magic = broadcast(12582912.0f);
  const Vector shifted = fma(x, broadcast(1.44269504088896341f), magic);
  const Vector n = shifted - magic;
  Vector r = fma(n, broadcast(-0.693359375f), x);
  r = fma(n, broadcast(2.12194440e-4f), r);
  return {n, r, shift_left<23>(bits(shifted))};
}

// e^r − 1 for |r| ≤ ln 2 / 2.
inline Vector expm1_near_zero(Vector r) {
  Vector p = broadcast(1.9875691500e-4f);
  p = fma(p, r, broadcast(1.3981999507e-3f));
  p = fma(p, r, broadcast(8.3334519073e-3f));
  p = fma(p, r, broadcast(4.1665795894e-2f));
  p = fma(p, r, broadcast(1.6666665459e-1f));
  p = fma(p, r, broadcast(5.0000001201e-1f));
  return fma(p, r * r, r);
}

// 2ⁿ, from n in the bits above the mantissa's.
inline Vector power_of_two(Integers exponent) { return from_bits(exponent + integers(0x3f800000)); }

// e^x, with x taken no smaller than −87 and no larger than 88.
inline Vector exp(Vector x) {
  // `max` and `min` give their second operand where one is NaN, so that a NaN of x stays one.
  x = min(broadcast(88.0f), max(broadcast(-87.0f), x));
  const Reduced reduced = reduce(x);
  const Vector e = expm1_near_zero(reduced.r) + broadcast(1.0f);
  return e * power_of_two(reduced.exponent);
}

// σ(x) = 1 / (1 + e^−x).
inline Vector sigmoid(Vector x) {
  return broadcast(1.0f) / (broadcast(1.0f) + exp(zero() - x));
}

// tanh(x) = m / (m + 2) with m = e^2x − 1, which is exact near 0.
inline Vector tanh(Vector x) {
  const Vector magnitude = min(broadcast(10.0f), abs(x));
  const Reduced reduced = reduce(magnitude + magnitude);
  const Vector scale = power_of_two(reduced.exponent);
  const Vector m = fma(scale, expm1_near_zero(reduced.r), scale - broadcast(1.0f));
  return with_sign(m / (m + broadcast(2.0f)), x);
}

// log(1 + f) for √½ − 1 ≤ f ≤ √2 − 1.
inline Vector log1p_near_zero(Vector f) {
  Vector p = broadcast(7.0376836292e-2f);
  p = fma(p, f, broadcast(-1.1514610310e-1f));
  p = fma(p, f, broadcast(1.1676998740e-1f));
  p = fma(p, f, broadcast(-1.2420140846e-1f));
  p = fma(p, f, broadcast(1.4249322787e-1f));
  p = fma(p, f, broadcast(-1.6668057665e-1f));
  p = fma(p, f, broadcast(2.0000714765e-1f));
  p = fma(p, f, broadcast(-2.4999993993e-1f));
  p = fma(p, f, broadcast(3.3333331174e-1f));
  const Vector square = f * f;
  return fma(p * f, square, fma(square, broadcast(-0.5f), f));
}

// log(x) for a normal x > 0; infinity and NaN stay what they are.
inline Vector log(Vector x) {
  // The exponent such that the mantissa lies in [√½, √2).
  const Integers offset = bits(x) - integers(0x3f3504f3);
  const Integers exponent = shift_right<23>(offset + integers(0x40000000)) - integers(128);
  const Vector mantissa = from_bits((offset & integers(0x007fffff)) + integers(0x3f3504f3));
  const Vector n = to_float(exponent);
  const Vector f = mantissa - broadcast(1.0f);
  const Vector y = fma(n, broadcast(0.693359375f), fma(n, broadcast(-2.12194440e-4f), log1p_near_zero(f)));
  return select(less(x, broadcast(std::numeric_limits<float>::infinity())), y, x);
}

// e^x for x ≤ 0, with x taken no smaller than −87.
inline Vector exp_not_positive(Vector x) {
  const Reduced reduced = reduce(max(broadcast(-87.0f), x));
  return (expm1_near_zero(reduced.r) + broadcast(1.0f)) * power_of_two(reduced.exponent);
}

// e^−|a|, one plus that, and σ(a).
struct Logistic { Vector e, one_plus_e, slope; };

inline Logistic logistic(Vector a) {
  const Vector one = broadcast(1.0f);
  const Vector e = exp_not_positive(zero() - abs(a)), one_plus_e = one + e;
  return {e, one_plus_e, select(less(a, zero()), e, one) / one_plus_e};
}

// log(1 + e^a) and its derivative σ(a).
struct Softplus { Vector value, slope; };

inline Softplus softplus(Vector a) {
  const Logistic of = logistic(a);
  // 1 + e in [1, 2]: halved above √2, where (e − 1) / 2 is exact.
  const Mask upper = less(broadcast(0.41421356f), of.e);
  const Vector f = select(upper, fma(of.e, broadcast(0.5f), broadcast(-0.5f)), of.e);
  const Vector log1p = log1p_near_zero(f) + select(upper, broadcast(0.69314718f), zero());
  return {max(zero(), a) + log1p, of.slope};
}

// cos and sin of u full turns, 0 ≤ u < 1.
struct Direction { Vector cosine, sine; };

inline Direction direction(Vector u) {
  const Vector magic = broadcast(12582912.0f);
  const Vector shifted = fma(u, broadcast(4.0f), magic);
  const Integers quarter = bits(shifted);
  const Vector x = fma(shifted - magic, broadcast(-0.25f), u) * broadcast(6.28318530718f);
  const Vector square = x * x;
  Vector s = broadcast(2.7557319e-6f);
  s = fma(s, square, broadcast(-1.9841270e-4f));
  s = fma(s, square, broadcast(8.3333333e-3f));
  s = fma(s, square, broadcast(-1.6666667e-1f));
  s = fma(s * square, x, x);
  Vector c = broadcast(2.4801587e-5f);
  c = fma(c, square, broadcast(-1.3888889e-3f));
  c = fma(c, square, broadcast(4.1666667e-2f));
  c = fma(c, square, broadcast(-0.5f));
  c = fma(c, square, broadcast(1.0f));
  const Mask swapped = nonzero(quarter & integers(1));
  const Integers sine_sign = shift_left<30>(quarter & integers(2));
  const Integers cosine_sign = shift_left<30>((quarter + integers(1)) & integers(2));
  return {from_bits(bits(select(swapped, s, c)) ^ cosine_sign),
          from_bits(bits(select(swapped, c, s)) ^ sine_sign)};
}

}  // namespace PATH
