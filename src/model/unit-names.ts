/** The recurrent units, in the order of the paper's tables; their equations are in `UNITS`. */
export const CELLS = ['tanh', 'gru', 'lstm'] as const;
export type Cell = (typeof CELLS)[number];
