import { expect, test } from 'vitest'
import { serverUrl, socketUrl } from '../../../apps/admin/src/api/endpoint.ts'

test.each([
  ['http://nas:1984/', 'http://nas:1984/api/graphql', 'ws://nas:1984/api/ws?src=a'],
  ['https://home/rtc/index.html?x=1#/add', 'https://home/rtc/api/graphql', 'wss://home/rtc/api/ws?src=a'],
  [
    'https://home/api/hassio_ingress/abc/',
    'https://home/api/hassio_ingress/abc/api/graphql',
    'wss://home/api/hassio_ingress/abc/api/ws?src=a',
  ],
])('from %s the server is below the same prefix', (page, graphql, socket) => {
  const base = document.createElement('base')
  base.href = page
  document.head.append(base)
  expect(serverUrl('api/graphql').href).toBe(graphql)
  expect(socketUrl('api/ws?src=a').href).toBe(socket)
  base.remove()
})
