import { execFile, spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const server = fileURLToPath(new URL('../../apps/server', import.meta.url))

/** Stands for the bundle: says what it was given. */
const PROGRAM = `process.stdout.write('running ' + process.argv.slice(2).join(' ') + '\\n')`

/** Stands for vite: puts the program where the bundle belongs, and says that it was asked. */
const BUILDER = `
  import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
  const [, workspace] = process.argv.slice(2)
  appendFileSync('built', workspace + '\\n')
  mkdirSync(workspace + '/dist', { recursive: true })
  writeFileSync(workspace + '/dist/main.js', ${JSON.stringify(PROGRAM)})
`

const forUs = { version: '1.0.0', optional: true, os: [process.platform] }
const forOthers = { version: '1.0.0', optional: true, os: ['another'] }

const locked = (version: string): string =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/us': forUs, 'node_modules/others': forOthers },
  })

const installed = JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/us': forUs } })

let folder: string

const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

/** A project of which everything is real but the packages, the sources and npm. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-set-up-'))
  mkdirSync(join(folder, 'apps/server'), { recursive: true })
  for (const file of ['start.mjs', 'set-up.mjs']) cpSync(join(server, file), join(folder, 'apps/server', file))
  put('package.json', '{ "type": "module" }')
  put('package-lock.json', locked('1.0.0'))
  put('node_modules/.package-lock.json', installed)
  put('node_modules/vite/bin/vite.js', BUILDER)
  put('apps/server/main.ts', 'export {}')
  put('apps/admin/index.html', '')
  put('src/media/index.ts', 'export {}')
  put('bin/npm', `#!/bin/sh\necho asked >> npm-asked\ncat npm-says >&2\nexit $(cat npm-exits)\n`)
  put('npm-says', '')
  put('npm-exits', '1')
  chmodSync(join(folder, 'bin/npm'), 0o755)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Run {
  readonly code: number
  readonly said: string
}

const start = (path = `${folder}/bin:/usr/bin:/bin`, parameters: readonly string[] = []): Promise<Run> =>
  new Promise(resolve => {
    const program = [join(folder, 'apps/server/start.mjs'), ...parameters]
    execFile(process.execPath, program, { env: { PATH: path }, timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: stderr + stdout }),
    )
  })

test('the first start builds, and the server gets the arguments', async () => {
  const { code, said } = await start(undefined, ['-c', 'some.yaml'])
  expect({ code, said }).toEqual({ code: 0, said: 'Building the server and the admin …\nrunning -c some.yaml\n' })
})

test('the second start builds nothing', async () => {
  await start()
  expect(await start()).toEqual({ code: 0, said: 'running \n' })
})

test('a changed source is built again, and only what is made of it', async () => {
  await start()
  put('apps/admin/index.html', '<p>changed</p>')
  expect((await start()).said).toBe('Building the admin …\nrunning \n')
  put('src/media/index.ts', 'export const changed = 1')
  expect((await start()).said).toBe('Building the server …\nrunning \n')
})

test('a source that is gone is noticed', async () => {
  put('src/media/old.ts', '')
  await start()
  rmSync(join(folder, 'src/media/old.ts'))
  expect((await start()).said).toBe('Building the server …\nrunning \n')
})

test('a build keeps parts of the last bundle, and removes those of a week ago', async () => {
  put('apps/server/dist/chunks/recent.js', '')
  put('apps/server/dist/chunks/old.js', '')
  const aWeekAgo = Date.now() / 1000 - 8 * 24 * 3600
  utimesSync(join(folder, 'apps/server/dist/chunks/old.js'), aWeekAgo, aWeekAgo)
  await start()
  expect(readdirSync(join(folder, 'apps/server/dist/chunks'))).toEqual(['recent.js'])
})

test('the server ends with the shell that npm started it in', async () => {
  put(
    'built-program',
    `process.on('SIGTERM', () => { console.log('ended'); process.exit() }); setInterval(() => {}, 1000); console.log('running')`,
  )
  put(
    'node_modules/vite/bin/vite.js',
    BUILDER.replace(JSON.stringify(PROGRAM), `readFileSync('built-program')`).replace(
      'appendFileSync,',
      'appendFileSync, readFileSync,',
    ),
  )
  const command = `"${process.execPath}" apps/server/start.mjs; exit 3`
  const shell = spawn('sh', ['-c', command], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', npm_lifecycle_event: 'start' },
  })
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]()
  expect(await lines.next()).toEqual({ done: false, value: 'running' })
  shell.kill()
  expect(await lines.next()).toEqual({ done: false, value: 'ended' })
})

test('a changed lock file asks npm', async () => {
  await start()
  put('package-lock.json', locked('2.0.0'))
  expect((await start()).said).toMatch(/^Installing npm packages/)
})

test('an optional package that belongs here and is missing asks npm', async () => {
  await start()
  put('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }))
  expect((await start()).said).toMatch(/^Installing npm packages/)
})

test('what npm cannot bring is not asked for at each start', async () => {
  put('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }))
  put('npm-exits', '0')
  expect((await start()).said).toMatch(/^Installing npm packages.*\nBuilding/)
  expect((await start()).said).toBe('running \n')
})

test('a failed build ends with what the builder said', async () => {
  put('node_modules/vite/bin/vite.js', `console.error('line 3 is wrong'); process.exit(1)`)
  const { code, said } = await start()
  expect(code).toBe(1)
  expect(said).toContain('The server could not be built:\nline 3 is wrong')
})

test('a missing npm is told in a sentence', async () => {
  rmSync(join(folder, 'node_modules/.package-lock.json'))
  const { code, said } = await start('/nowhere')
  expect(code).toBe(1)
  expect(said).toContain('npm was not found: install Node.js with npm, then run it again.')
})

test.each([
  ['npm error code ENOSPC', /^The disk is full: the packages need about 700 MB/m],
  [
    'npm error request to https://registry.npmjs.org/a failed, reason: getaddrinfo ENOTFOUND',
    /^npm cannot reach its registry/m,
  ],
  ['npm error code EACCES', /^npm may not write in .*: run the command as the folder's owner/m],
  ['npm error something new', /^npm ci failed:\nnpm error something new$/m],
])('%s becomes a sentence', async (complaint, sentence) => {
  rmSync(join(folder, 'node_modules/.package-lock.json'))
  put('npm-says', complaint)
  const { code, said } = await start()
  expect(code).toBe(1)
  expect(said).toMatch(sentence)
})
