import type { Kernels } from '../../kernels/choice.js';
import type { KernelChoice } from '../../kernels/kernel-names.js';
import type { LoadData } from './data.js';
import type { Published } from './published.js';

export interface CheckOptions {
  readonly kernels: KernelChoice;
  readonly threads: number;
}

/** What the checks of a data set's models share. */
export interface ModelContext extends CheckOptions {
  readonly published: Published;
  /** The kernels that are chosen here. */
  readonly here: Kernels;
  readonly load: LoadData;
}
