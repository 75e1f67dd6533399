/** Short labels for runs side by side: a, b, …, z, aa, ab, … */
export function runLabel(index: number): string {
  const last = String.fromCharCode('a'.charCodeAt(0) + (index % 26));
  return index < 26 ? last : runLabel(Math.floor(index / 26) - 1) + last;
}
