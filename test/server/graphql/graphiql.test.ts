import { expect, test } from 'vitest'
import { Browser } from '#test/helpers/browser.ts'
import { startTestServer } from '#test/helpers/running-server.ts'

test('a browser that opens the address gets GraphiQL, which works and loads nothing from elsewhere', async () => {
  await using server = await startTestServer()
  await using browser = await Browser.open()
  const { page } = browser
  const foreign: string[] = []
  page.on('request', request => {
    const { protocol, origin } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== new URL(server.url).origin) foreign.push(request.url())
  })
  await page.goto(new URL(`/api/graphql?query=${encodeURIComponent('{system{position}}')}`, server.url).href)
  await page.getByRole('button', { name: /execute query/i }).click()
  await page.locator('.graphiql-response').getByText('position').first().waitFor()
  expect(foreign).toEqual([])
  expect(browser.complaints).toEqual([])
})

test('a program that asks for JSON is not shown a page', async () => {
  await using server = await startTestServer()
  const answer = await server.request('/api/graphql?query={__typename}', { headers: { accept: 'application/json' } })
  expect(await answer.json()).toEqual({ data: { __typename: 'Query' } })
})
