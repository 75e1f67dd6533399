#include "paths.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace {

#if defined(__x86_64__)

// Asked of the processor itself: not every compiler's runtime has __builtin_cpu_supports.
struct Features {
  uint32_t leaf_1_ecx = 0, leaf_7_ebx = 0;
  // Registers that the system saves when it changes threads (XCR0).
  uint64_t saved = 0;

  Features() {
    uint32_t eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &leaf_1_ecx, &edx) || !(leaf_1_ecx & bit_OSXSAVE)) return;
    if (!__get_cpuid_count(7, 0, &eax, &leaf_7_ebx, &ecx, &edx)) return;
    uint32_t low, high;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    saved = uint64_t{high} << 32 | low;
  }

  bool saves(uint64_t registers) const { return (saved & registers) == registers; }

  bool avx2() const {
    constexpr uint64_t SSE_AND_AVX = 0x06;
    return saves(SSE_AND_AVX) && (leaf_1_ecx & bit_FMA) && (leaf_7_ebx & bit_AVX2);
  }

  bool avx512() const {
    constexpr uint64_t MASKS_AND_512 = 0xe0;
    constexpr uint32_t SETS = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
    return avx2() && saves(MASKS_AND_512) && (leaf_7_ebx & SETS) == SETS;
  }
};

#endif

}  // namespace

std::vector<const Kernels*> runnable_paths() {
  std::vector<const Kernels*> paths;
#if defined(__x86_64__)
  const Features features;
  if (features.avx512()) paths.push_back(&avx512::KERNELS);
  if (features.avx2()) paths.push_back(&avx2::KERNELS);
#elif defined(__aarch64__)
  paths.push_back(&neon::KERNELS);
#endif
  paths.push_back(&plain::KERNELS);
  return paths;
}
