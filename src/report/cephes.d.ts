/** What is used of cephes: the package's own types are not exported. */
declare module 'cephes' {
  /** Resolved once its functions may be called. */
  export const compiled: Promise<void>;
  /** Student's t distribution: the probability of staying below `t`. */
  export function stdtr(degreesOfFreedom: number, t: number): number;
  /** Its inverse: the point that it stays below with probability `p`. */
  export function stdtri(degreesOfFreedom: number, p: number): number;
  /** Inverse of the standard normal distribution. */
  export function ndtri(p: number): number;
  /** Binomial distribution: the probability of at most `k` of `n`. */
  export function bdtr(k: number, n: number, p: number): number;
  /** ln Γ(x). */
  export function lgam(x: number): number;
}
