/** What is used of cephes: the package's own types are not exported. */
declare module 'cephes' {
  /** Resolved once its functions may be called. */
  export const compiled: Promise<void>;
  /** Inverse of Student's t distribution: the point that it stays below with probability `p`. */
  export function stdtri(degreesOfFreedom: number, p: number): number;
}
