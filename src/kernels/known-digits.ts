import type { Rounding } from './paths.js';

/** Of each unit what `digitsOf` gives, by how a path rounds. Written by `npm run make:digits`. */
export const KNOWN_DIGITS: Readonly<Record<string, Readonly<Record<Rounding, string>>>> = {
  tanh: { fused: '20b25071afc4e23c', plain: 'd1e3b89cbdca3024' },
  gru: { fused: 'cc7554984ed2b1b3', plain: '4fe89ddef3064836' },
  lstm: { fused: '8c8bb408c794548b', plain: '6979ca2d6a1707cf' },
  'gru-after': { fused: 'a313fc29d93688bf', plain: 'b76945f1f27692db' },
  'lstm-plain': { fused: 'bfcf83ef21c4ccf4', plain: '7eed1dec0a1d3eaf' },
  cifg: { fused: '7d7ed551714f1120', plain: 'f0cc39ea6c44b85b' },
  mgu: { fused: '863653894e17df88', plain: 'ae07c7425a4ccfc9' },
  'min-gru': { fused: 'f1bdc5ec12283dd2', plain: '60b4cd2e9ddbbeb9' },
  'min-lstm': { fused: '0ddc79d554c485cc', plain: '799e623ad7dbd53a' },
  ran: { fused: 'f499ba43462506fa', plain: '4cff33c62fda9fec' },
  sru: { fused: 'c4cd0a3e93f5078c', plain: 'dd49a14218fd71ed' },
  ugrnn: { fused: 'aafb4ba5f4a09805', plain: '87a7c038ebc3e223' },
  'ind-rnn': { fused: '17911b50fa04c664', plain: '71440c1dab9ebd30' },
  irnn: { fused: 'c9843b32d2881f6b', plain: '156c83833f8d7374' },
  's-lstm': { fused: '183563ffac3405a2', plain: '8fa572d0c7e5851c' },
};
