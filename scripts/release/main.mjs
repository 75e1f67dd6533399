// Makes the package to publish: builds the fused kernels for this platform into prebuilds/, beside those for
// other platforms that were put there before, and packs everything into one .tgz.
import { packageWithPrebuilt } from './pack.mjs';

try {
  const { file, files, bytes, platforms } = await packageWithPrebuilt(process.cwd());
  console.log(`${file}: ${files} files, ${(bytes / 2 ** 20).toFixed(1)} MB, with the fused kernels for`);
  for (const platform of platforms) console.log(`  ${platform}`);
} catch (error) {
  console.error(`release: ${/** @type {Error} */ (error).message.split('\n')[0]}`);
  process.exitCode = 1;
}
