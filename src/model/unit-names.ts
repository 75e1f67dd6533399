/** The paper's units, in the order of its tables: those that runs and experiments take. */
export const CELLS = ['tanh', 'gru', 'lstm'] as const;
export type Cell = (typeof CELLS)[number];
