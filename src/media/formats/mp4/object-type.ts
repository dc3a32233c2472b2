/** What an elementary stream is, ISO/IEC 14496-1 table 5. */
export const objectType = {
  mpeg4Audio: 0x40,
  /** MPEG-2 audio, layers 1 to 3. */
  mpeg2Part3: 0x69,
  /** MPEG-1 audio, layers 1 to 3. */
  mpeg1Part3: 0x6b,
} as const
