const START_CODE = Buffer.of(0, 0, 1)

/**
 * NAL units between start codes (ITU-T H.264 annex B), as views, without start codes and without
 * the zeros around them. What stands before the first start code is a NAL unit too.
 */
export const splitAnnexB = (bytes: Buffer): readonly Buffer[] => {
  const nals: Buffer[] = []
  let start = 0
  for (;;) {
    const next = bytes.indexOf(START_CODE, start)
    let end = next < 0 ? bytes.length : next
    while (end > start && bytes[end - 1] === 0) end--
    if (end > start) nals.push(bytes.subarray(start, end))
    if (next < 0) return nals
    start = next + START_CODE.length
  }
}

/** Whether bytes that should be one NAL unit hold a start code, which no NAL unit may (ITU-T H.264 §7.4.1). */
export const hasStartCode = (bytes: Buffer): boolean => bytes.indexOf(START_CODE) >= 0
