/** wav-decoder 1.3 comes without types; these are the parts in use. */
declare module 'wav-decoder' {
  interface AudioData {
    readonly sampleRate: number;
    /** One array a channel. */
    readonly channelData: Float32Array[];
  }
  const decoder: {
    decode: { sync(buffer: ArrayBuffer, options?: { symmetric?: boolean }): AudioData };
  };
  export default decoder;
}
