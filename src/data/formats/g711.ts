/** The two companding laws of telephony, ITU-T G.711. */
export type Companding = 'mu-law' | 'A-law';

/**
 * Codes of 8 bit as integers of 16 bit, little endian; full scale is 32 124 of 32 768 for mu-law, 32 256 for A-law.
 */
export function expand(codes: Uint8Array, law: Companding): Uint8Array {
  const value = law === 'mu-law' ? fromMuLaw : fromALaw;
  const table = Int16Array.from({ length: 256 }, (_, code) => value(code));
  const integers = Buffer.alloc(2 * codes.length);
  for (let i = 0; i < codes.length; i++) integers.writeInt16LE(table[codes[i]], 2 * i);
  return integers;
}

/** All bits inverted: sign, three bits of exponent, four of mantissa, above a bias of 33 in 14 bit. */
function fromMuLaw(code: number): number {
  const [isNegative, exponent, mantissa] = parts(~code);
  const magnitude = 4 * (((2 * mantissa + 33) << exponent) - 33);
  return isNegative ? -magnitude : magnitude;
}

/** Every second bit inverted, and the sign bit set for positive; the lowest two of eight segments are linear. */
function fromALaw(code: number): number {
  const [isPositive, exponent, mantissa] = parts(code ^ 0x55);
  const magnitude = 8 * (exponent === 0 ? 2 * mantissa + 1 : (2 * mantissa + 33) << (exponent - 1));
  return isPositive ? magnitude : -magnitude;
}

function parts(code: number): [sign: boolean, exponent: number, mantissa: number] {
  return [(code & 0x80) !== 0, (code >> 4) & 7, code & 15];
}
