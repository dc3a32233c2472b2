import type { DialingScheme } from '../../streams/scheme.ts'
import { type DemoClip, DemoClipError, readDemoClip } from './demo-clip.ts'
import { DemoProducer } from './demo-producer.ts'

/** `demo:`: a camera for those who have none. Plays one clip, read once for all who watch. */
export const demoScheme = (options: { readonly clip: string | undefined }): DialingScheme => {
  let clip: Promise<DemoClip> | undefined
  const read = async (): Promise<DemoClip> => {
    if (options.clip === undefined) throw new DemoClipError('is not there: none was configured')
    return readDemoClip(options.clip)
  }
  return {
    kind: 'dial',
    names: ['demo'],
    trustedOnly: false,
    check() {},
    async dial(_source, { clock, budget }) {
      clip ??= read()
      try {
        return new DemoProducer(await clip, { clock, budget })
      } catch (error) {
        // The file may be there next time.
        clip = undefined
        throw error
      }
    },
  }
}
