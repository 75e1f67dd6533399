declare module 'vitest' {
  interface TaskMeta {
    /** Why a test is skipped; the closing lines tell. */
    whySkipped?: string;
  }
}

/** Options of a test, or of a group of them, that is skipped where something is missing. @param why what is missing; nothing where the test can run */
export function skipWhere(why: string | undefined) {
  return { skip: why !== undefined, meta: { whySkipped: why } };
}
