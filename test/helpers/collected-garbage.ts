import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of buffers that are held by somebody, once all others have been let go. */
export const heldBytes = (): number => {
  // Buffers go in two steps: what holds them first.
  collect()
  collect()
  return process.memoryUsage().arrayBuffers
}
