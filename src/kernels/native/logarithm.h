// The logarithm of one float. The platform's would not do: glibc's and musl's are the same, that of Windows
// rounds otherwise, and the digits of a result are to be the same everywhere.
//
// So this is the logf of glibc and musl by its method (Szabolcs Nagy, Arm Optimized Routines 2017), whose
// polynomial and one centre are taken from there: of the 2³¹ positive floats, six get another last bit.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>

#include "simd/simd.h"

namespace PATH {

// A float is 2ⁿ·z with z from 0.69921875 to twice that, whose bits lie in sixteen stretches of 2¹⁹ from here.
constexpr uint32_t FIRST_BITS = 0x3f330000, STRETCH_BITS = 19, STRETCHES = 16;

// The float from 0.5 to 2 with these bits; its steps are half as long below 1.
constexpr double from_half_to_two(uint32_t bits) {
  const double steps = bits < 0x3f800000 ? bits - 0x3e800000 : 2.0 * (bits - 0x3f000000);
  return steps / (1 << 24);
}

// log c = 2·artanh s with s = (c − 1) / (c + 1), for |s| < 0.2.
constexpr double log_by_series(double c) {
  const double s = (c - 1) / (c + 1);
  double series = 0;
  for (int k = 23; k > 0; k -= 2) series = series * s * s + 2.0 / k;
  return s * series;
}

struct Centres {
  double inverse[STRETCHES], log[STRETCHES];
};

// The middle c of each stretch. That around 1 has 1, so that a logarithm near 0 has all its digits.
constexpr Centres make_centres() {
  Centres centres = {};
  for (uint32_t i = 0; i < STRETCHES; i++) {
    const uint32_t first = FIRST_BITS + (i << STRETCH_BITS), next = first + (1 << STRETCH_BITS);
    double c = (from_half_to_two(first) + from_half_to_two(next)) / 2;
    if (first < 0x3f800000 && next > 0x3f800000) c = 1;
    if (i == 10) c = 1.0534233323964795;
    centres.inverse[i] = 1 / c;
    centres.log[i] = log_by_series(c);
  }
  return centres;
}

// log(x) of a normal x > 0, to 0.82 of a unit in the last place; infinity and NaN stay what they are.
inline float log(float x) {
  static constexpr Centres CENTRES = make_centres();
  if (!(x < std::numeric_limits<float>::infinity())) return x;
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  const uint32_t offset = bits - FIRST_BITS;
  const int32_t n = static_cast<int32_t>(offset) >> 23;
  const uint32_t stretch = (offset >> STRETCH_BITS) % STRETCHES;
  bits -= static_cast<uint32_t>(n) << 23;
  float z;
  std::memcpy(&z, &bits, sizeof z);
  // log x = n·log 2 + log c + log(1 + r), the last by a polynomial; in double precision.
  const double r = z * CENTRES.inverse[stretch] - 1;
  const double whole = n * 0.6931471805599453 + CENTRES.log[stretch] + r;
  const double rest = -0.4999997485802103 + r * (0.333456765744066 + r * -0.25089342214237154);
  return static_cast<float>(whole + r * r * rest);
}

}  // namespace PATH
