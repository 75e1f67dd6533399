/**
 * A platform that the package brings an addon for.
 *
 * @typedef {object} Target
 * @property {string} platform as Node names it
 * @property {string} triple as zig names it, with the oldest system that the addon is to run on
 * @property {readonly string[]} paths
 * @property {string} file name by which node-gyp-build knows it
 * @property {readonly string[]} link
 */

const X64 = ['avx512', 'avx2', 'plain'];
const ARM64 = ['neon', 'plain'];

const ELF = { file: 'gru_bench.napi.glibc.node', link: ['-Wl,--version-script=exports.map'] };
// What Node defines is found when the addon is loaded.
const MACH_O = { file: 'gru_bench.napi.node', link: ['-Wl,-undefined,dynamic_lookup'] };
const PE = { file: 'gru_bench.napi.node', link: ['node.lib'] };

/** @type {readonly Target[]} */
export const TARGETS = [
  { platform: 'linux-x64', triple: 'x86_64-linux-gnu.2.28', paths: X64, ...ELF },
  { platform: 'linux-arm64', triple: 'aarch64-linux-gnu.2.28', paths: ARM64, ...ELF },
  { platform: 'win32-x64', triple: 'x86_64-windows-gnu', paths: X64, ...PE },
  { platform: 'darwin-arm64', triple: 'aarch64-macos.11.0', paths: ARM64, ...MACH_O },
  { platform: 'darwin-x64', triple: 'x86_64-macos.11.0', paths: X64, ...MACH_O },
];
