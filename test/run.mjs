import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bringBuilds, bringPackages, childEnvironment, root, SetUpError } from '../apps/server/set-up.mjs'

// `npm test`: brings what the tests need, checks types, style and behaviour, and ends with "N passed, N failed".
// Arguments go to vitest, and then vitest is all that runs: `npm test -- test/media`.

/** Cameras, players and a browser that the tests run against, and how to see on any system whether they are there. */
const PACKAGES = [
  'ffmpeg',
  'chromium',
  'firefox-esr',
  'coturn',
  'openssl',
  'python3-gi',
  'gir1.2-gst-rtsp-server-1.0',
  'gstreamer1.0-tools',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
  'gstreamer1.0-plugins-ugly',
  'gstreamer1.0-libav',
  'gstreamer1.0-rtsp',
  'gstreamer1.0-nice',
  'gir1.2-gst-plugins-bad-1.0',
  'vlc-bin',
  'vlc-plugin-base',
]
const PROGRAMS = [
  ...['ffmpeg', 'ffprobe', 'gst-launch-1.0', 'chromium', 'firefox-esr', 'turnserver', 'openssl', 'python3', 'vlc'],
]

const CHECKS = [
  { what: 'types', parameters: ['node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.json'] },
  {
    what: 'types of the admin',
    parameters: [
      'node_modules/svelte-check/bin/svelte-check',
      ...['--workspace', 'apps/admin', '--tsconfig', './tsconfig.json', '--tsgo', '--fail-on-warnings'],
    ],
  },
  { what: 'style', parameters: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'] },
]

const tell = sentence => process.stdout.write(`${sentence}\n`)

const main = async () => {
  const node = await bringPackages({ tell, withDev: true })
  const missing = installSystemPackages()
  if (missing) tell(missing)
  const filters = process.argv.slice(2)
  const counts = { passed: 0, failed: 0, skipped: 0 }
  await build(node, counts)
  if (filters.length === 0) for (const check of CHECKS) await runCheck(node, check, counts)
  await runTests(node, filters, counts)
  if (counts.skipped > 0) tell(`${counts.skipped} skipped`)
  if (counts.passed === 0 && counts.failed === 0) tell('No test ran.')
  tell(`${counts.passed} passed, ${counts.failed} failed`)
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
}

/** Many tests need no build: one that fails is a failure among others. */
const build = async (node, counts) => {
  try {
    await bringBuilds({ node, tell })
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error
    tell(error.message)
    counts.failed++
  }
}

/** Installs the Debian packages that are missing. Answers a sentence for a person when it cannot. */
const installSystemPackages = () => {
  if (!isThere('dpkg-query')) {
    const programs = PROGRAMS.filter(program => !isThere(program))
    return programs.length > 0 && `Some tests will fail without: ${programs.join(', ')}. Please install them.`
  }
  const missing = PACKAGES.filter(name => !isInstalled(name))
  if (missing.length === 0) return undefined
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`
  const isRoot = process.getuid?.() === 0
  if (!isRoot && spawnSync('sudo', ['-n', 'true']).status !== 0)
    return `Some tests will fail without these packages. Install them with: sudo sh -c '${command}'`
  tell(`Installing Debian packages: ${missing.join(' ')} …`)
  const shell = isRoot ? ['sh', '-c', command] : ['sudo', '-n', 'sh', '-c', command]
  const { status, stdout, stderr } = spawnSync(shell[0], shell.slice(1), {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 64 * 1024 * 1024,
  })
  return status !== 0 && `apt-get failed, and some tests will with it:\n${(stdout + stderr).slice(-2000)}`
}

const isThere = program => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

const isInstalled = name =>
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills this placeholder in.
  spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' }).stdout === 'installed'

/** A check counts as one test; what it says is shown only when it fails. */
const runCheck = async (node, { what, parameters }, counts) => {
  const startedAt = Date.now()
  const { code, output } = await run(node, parameters, 'pipe')
  if (code !== 0) tell(output)
  tell(`${code === 0 ? '✓' : '✗'} ${what} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`)
  if (code === 0) counts.passed++
  else counts.failed++
}

const runTests = async (node, filters, counts) => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-tests-'))
  const file = join(folder, 'results.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  try {
    const { code } = await run(node, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...filters], 'inherit')
    countTests(readResults(file), code, counts)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const readResults = file => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** A file that could not be loaded, and an error outside every test, count as failed tests. */
const countTests = (results, code, counts) => {
  const before = counts.failed
  for (const { status, assertionResults } of results?.testResults ?? []) {
    const of = wanted => assertionResults.filter(({ status }) => status === wanted).length
    counts.passed += of('passed')
    counts.failed += status === 'failed' && of('failed') === 0 ? 1 : of('failed')
    counts.skipped += assertionResults.length - of('passed') - of('failed')
  }
  if (code !== 0 && counts.failed === before) counts.failed++
}

const run = (node, parameters, output) =>
  new Promise(resolve => {
    const child = spawn(node, parameters, { cwd: root, env: childEnvironment(), stdio: ['ignore', output, output] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', text => {
        said += text
      })
    }
    child.once('close', code => resolve({ code: code ?? 1, output: said }))
  })

try {
  await main()
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  tell(error.message)
  tell('0 passed, 1 failed')
  process.exitCode = 1
}
