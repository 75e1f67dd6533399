// Denormal numbers count as zero in the kernels. Where a gradient fades over many steps it passes through
// them, and some processors then need a hundred cycles and more for a multiplication.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

// Unnamed: each path and the threads compile it with their own instructions.
namespace {

// While one lives, its thread reads denormal numbers as zero and writes zero in their place; then what held
// before holds again, as the caller is a program with arithmetic of its own.
class DenormalsAreZero {
 public:
  DenormalsAreZero() : before_(control()) { set_control(before_ | FLUSH); }
  ~DenormalsAreZero() { set_control(before_); }
  DenormalsAreZero(const DenormalsAreZero&) = delete;
  DenormalsAreZero& operator=(const DenormalsAreZero&) = delete;

 private:
#if defined(__x86_64__) || defined(_M_X64)
  // MXCSR: flush-to-zero (bit 15) and denormals-are-zero (bit 6).
  static constexpr uint64_t FLUSH = 0x8040;
  static uint64_t control() { return _mm_getcsr(); }
  static void set_control(uint64_t bits) {
    keep_order();
    _mm_setcsr(static_cast<uint32_t>(bits));
    keep_order();
  }
#elif defined(__aarch64__)
  // FPCR: FZ (bit 24), for operands and results.
  static constexpr uint64_t FLUSH = uint64_t{1} << 24;
  static uint64_t control() {
    uint64_t bits;
    asm volatile("mrs %0, fpcr" : "=r"(bits));
    return bits;
  }
  static void set_control(uint64_t bits) {
    keep_order();
    asm volatile("msr fpcr, %0" : : "r"(bits));
    keep_order();
  }
#else
  static constexpr uint64_t FLUSH = 0;
  static uint64_t control() { return 0; }
  static void set_control(uint64_t) {}
#endif

  // Compilers know of no tie between arithmetic and these registers: no load or store may cross the change.
  static void keep_order() { asm volatile("" : : : "memory"); }

  uint64_t before_;
};

}  // namespace
