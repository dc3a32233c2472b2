import { expect, test } from 'vitest'
import { ViewerList } from '../../../../apps/admin/src/features/streams/viewer-list.svelte.ts'
import { startGraphqlServer } from '../../graphql-server.ts'
import { statusOf, streamOf } from '../../stream-data.ts'

const viewer = {
  id: 1,
  format: 'rtsp',
  protocol: 'tcp',
  remoteAddress: '10.0.0.9:5000',
  userAgent: 'VLC',
  bytesSent: 10,
  dropped: 0,
}

function look(list: ViewerList): () => void {
  return $effect.root(() => {
    $effect(() => void list.viewers)
  })
}

test('tells who watches while somebody looks', async () => {
  await using _server = await startGraphqlServer({
    stream: () => ({ ...streamOf('porch'), status: { ...statusOf('porch'), viewers: [viewer] } }),
  })
  const list = new ViewerList('porch')
  const stop = look(list)
  await expect.poll(() => list.viewers).toEqual([viewer])
  stop()
})

test('what cannot be told is a problem', async () => {
  await using _server = await startGraphqlServer({
    stream: () => {
      throw new Error('no')
    },
  })
  const list = new ViewerList('porch')
  const stop = look(list)
  await expect.poll(() => list.problem).toBe('no')
  expect(list.viewers).toBeUndefined()
  stop()
})
