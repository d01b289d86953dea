/** A WAV file of one channel of 16 bits. */
export const monoWav = (sound: Int16Array, rate: number): Buffer => {
  const wav = Buffer.alloc(44 + sound.length * 2)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + sound.length * 2, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(rate, 24)
  wav.writeUInt32LE(rate * 2, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(sound.length * 2, 40)
  for (const [index, sample] of sound.entries()) wav.writeInt16LE(sample, 44 + index * 2)
  return wav
}
