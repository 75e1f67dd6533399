// Matrix products in blocks that stay in registers.
//
// Every element of a product is one sum along k, in order, by fused multiply-adds. So its bits depend neither
// on the size of a block nor on how rows and columns are shared out to threads.
#pragma once

#include <cstring>

#include "vector.h"

namespace PATH {

// A left factor, read one number at a time: element (i, k) is at[i·row + k·column].
struct Left { const float* at; long row, column; };

// A right factor [depth × 16·width] in panels of at most BLOCK_VECTORS vectors a row, each panel's rows one
// after another: the panel that starts at vector s starts at float 16·s·depth.
struct Panels { float* at; long depth, width; };

// The panels of `width` vectors are as equal as can be: panel p starts at p·width / count.
inline long panel_count(long width) { return (width + BLOCK_VECTORS - 1) / BLOCK_VECTORS; }

// C[R × 16·C] = A·B, or C + A·B; B's rows are `b_row` floats apart.
template <int R, int C>
void block(Left a, const float* b, long b_row, long depth, float* c, long c_row, bool add) {
  Vector sums[R][C];
#pragma GCC unroll 16
  for (int i = 0; i < R; i++)
#pragma GCC unroll 16
    for (int j = 0; j < C; j++) sums[i][j] = zero();
  for (long k = 0; k < depth; k++) {
    Vector right[C];
#pragma GCC unroll 16
    for (int j = 0; j < C; j++) right[j] = load(b + k * b_row + LANES * j);
#pragma GCC unroll 16
    for (int i = 0; i < R; i++) {
      const Vector left = broadcast(a.at[i * a.row + k * a.column]);
#pragma GCC unroll 16
      for (int j = 0; j < C; j++) sums[i][j] = fma(left, right[j], sums[i][j]);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < R; i++)
#pragma GCC unroll 16
    for (int j = 0; j < C; j++) {
      float* p = c + i * c_row + LANES * j;
      store(p, add ? load(p) + sums[i][j] : sums[i][j]);
    }
}

using Block = void (*)(Left, const float*, long, long, float*, long, bool);

template <int R> constexpr Block block_of(long vectors) {
  if constexpr (BLOCK_VECTORS >= 3)
    if (vectors == 3) return block<R, 3>;
  if constexpr (BLOCK_VECTORS >= 2)
    if (vectors == 2) return block<R, 2>;
  return block<R, 1>;
}

inline Block block_of(long rows, long vectors) {
  switch (rows) {
    case 1: return block_of<1>(vectors);
    case 2: return block_of<2>(vectors);
    case 3: return block_of<(BLOCK_ROWS >= 3 ? 3 : 1)>(vectors);
    case 4: return block_of<(BLOCK_ROWS >= 4 ? 4 : 1)>(vectors);
    case 5: return block_of<(BLOCK_ROWS >= 5 ? 5 : 1)>(vectors);
    case 6: return block_of<(BLOCK_ROWS >= 6 ? 6 : 1)>(vectors);
    case 7: return block_of<(BLOCK_ROWS >= 7 ? 7 : 1)>(vectors);
    default: return block_of<(BLOCK_ROWS >= 8 ? 8 : 1)>(vectors);
  }
}

// C[rows × 16·vectors] (+)= A·B for one panel of B.
inline void multiply_panel(long rows, Left a, const float* b, long b_row, long depth, long vectors, float* c,
                           long c_row, bool add) {
  const long blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
  for (long p = 0; p < blocks; p++) {
    const long start = p * rows / blocks, end = (p + 1) * rows / blocks;
    block_of(end - start, vectors)({a.at + start * a.row, a.row, a.column}, b, b_row, depth, c + start * c_row,
                                   c_row, add);
  }
}

// C[rows × 16·width] = A·B, or C + A·B.
inline void multiply(long rows, Left a, Panels b, float* c, long c_row, bool add) {
  const long count = panel_count(b.width);
  for (long p = 0; p < count; p++) {
    const long start = p * b.width / count, size = (p + 1) * b.width / count - start;
    multiply_panel(rows, a, b.at + LANES * start * b.depth, LANES * size, b.depth, size, c + LANES * start,
                   c_row, add);
  }
}

// c[16·C] (+)= a·B for one row a and rows of B that stand together. Up to four vectors are too few sums to
// keep a multiplier busy, so even and odd k are then summed apart.
template <int C, int CHAINS>
void row_block(const float* a, long step, const float* b, long b_row, long depth, float* c, bool add) {
  Vector sums[CHAINS][C];
#pragma GCC unroll 16
  for (int chain = 0; chain < CHAINS; chain++)
#pragma GCC unroll 16
    for (int j = 0; j < C; j++) sums[chain][j] = zero();
  for (long k = 0; k + CHAINS <= depth; k += CHAINS)
#pragma GCC unroll 16
    for (int chain = 0; chain < CHAINS; chain++) {
      const Vector left = broadcast(a[(k + chain) * step]);
#pragma GCC unroll 16
      for (int j = 0; j < C; j++)
        sums[chain][j] = fma(left, load(b + (k + chain) * b_row + LANES * j), sums[chain][j]);
    }
  if (depth % CHAINS != 0)
#pragma GCC unroll 16
    for (int j = 0; j < C; j++)
      sums[0][j] = fma(broadcast(a[(depth - 1) * step]), load(b + (depth - 1) * b_row + LANES * j), sums[0][j]);
#pragma GCC unroll 16
  for (int j = 0; j < C; j++) {
    Vector sum = sums[0][j];
    if (CHAINS == 2) sum = sum + sums[CHAINS - 1][j];
    store(c + LANES * j, add ? load(c + LANES * j) + sum : sum);
  }
}

template <int CHAINS>
void multiply_row(const float* a, long step, const float* b, long b_row, long depth, long width, float* c, bool add) {
  constexpr int MOST = ROW_VECTORS / CHAINS;
  using RowBlock = void (*)(const float*, long, const float*, long, long, float*, bool);
  constexpr RowBlock BLOCKS[] = {
      row_block<1, CHAINS>,
      row_block<(MOST >= 2 ? 2 : 1), CHAINS>,
      row_block<(MOST >= 3 ? 3 : 1), CHAINS>,
      row_block<(MOST >= 4 ? 4 : 1), CHAINS>,
      row_block<(MOST >= 5 ? 5 : 1), CHAINS>,
      row_block<(MOST >= 6 ? 6 : 1), CHAINS>,
      row_block<(MOST >= 7 ? 7 : 1), CHAINS>,
      row_block<(MOST >= 8 ? 8 : 1), CHAINS>,
      row_block<(MOST >= 9 ? 9 : 1), CHAINS>,
      row_block<(MOST >= 10 ? 10 : 1), CHAINS>,
  };
  const long count = (width + MOST - 1) / MOST;
  for (long p = 0; p < count; p++) {
    const long start = p * width / count, size = (p + 1) * width / count - start;
    BLOCKS[size - 1](a, step, b + LANES * start, b_row, depth, c + LANES * start, add);
  }
}

// c[16·width] (+)= a·B for a single row; B's rows [depth × 16·width] stand together. `backwards` sums k from the
// last to the first: of a matrix larger than the cache, the part that the product before ended with is still there.
inline void multiply_row(const float* a, Panels b, float* c, bool add, bool backwards) {
  const long last = b.depth - 1, b_row = LANES * b.width;
  const float* first_a = backwards ? a + last : a;
  const float* first_b = backwards ? b.at + last * b_row : b.at;
  const long step = backwards ? -1 : 1;
  if (b.width <= 4)
    multiply_row<2>(first_a, step, first_b, step * b_row, b.depth, b.width, c, add);
  else
    multiply_row<1>(first_a, step, first_b, step * b_row, b.depth, b.width, c, add);
}

}  // namespace PATH
