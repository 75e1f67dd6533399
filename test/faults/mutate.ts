/** Numbers from a seed (mulberry32), so that a mutation can be made again. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Values that break length fields: the edges of signed and unsigned numbers. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A few changes of a file: bytes flipped, numbers set to their edges, pieces cut, doubled, or taken from another. */
export function mutateBytes(file: Uint8Array, other: Uint8Array, random: (below: number) => number): Buffer {
  let bytes: Buffer = Buffer.from(file);
  const changes = 1 + random(4);
  for (let n = 0; n < changes; n++) {
    const at = random(bytes.length + 1);
    const length = random(Math.max(1, Math.min(64, bytes.length - at)));
    const from = random(Math.max(1, other.length));
    const insert = (piece: Uint8Array) => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
    switch (random(7)) {
      case 0:
        if (at < bytes.length) bytes[at] ^= 1 << random(8);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = random(256);
        break;
      case 2:
        if (at + 4 <= bytes.length) {
          const edge = EDGES[random(EDGES.length)];
          if (random(2) === 0) bytes.writeUInt32BE(edge, at);
          else bytes.writeUInt32LE(edge, at);
        }
        break;
      case 3:
        bytes = bytes.subarray(0, at);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 5:
        bytes = insert(bytes.subarray(at, at + length));
        break;
      default:
        bytes = insert(other.subarray(from, from + length));
    }
  }
  return bytes;
}
