import { setStream } from '../../api/commands.ts'
import { sentenceOf } from '../../api/request.ts'
import { location } from '../../lib/location.svelte.ts'
import { paths } from '../../lib/paths.ts'

/** The stream of the built-in demo camera. */
const DEMO = { name: 'demo', source: 'demo:' } as const

/** Adds the demo camera and opens it; why not, or nothing when it is there. */
export async function addDemoCamera(): Promise<string | undefined> {
  try {
    const { problem } = await setStream(DEMO.name, [DEMO.source])
    if (problem !== null) return problem.message
    location.go(paths.stream(DEMO.name))
    return undefined
  } catch (error) {
    return sentenceOf(error)
  }
}
