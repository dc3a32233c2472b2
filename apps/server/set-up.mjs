import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Runs before anything is installed, on whatever Node there is: no packages, nothing newer than Node 18.

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The first Node that runs TypeScript as it is and that better-sqlite3 does not crash on. */
const NODE_MIN = [22, 18]

/** The Node that npm brings for Linux. */
const BROUGHT_NODE = join(root, `node_modules/node-linux-${process.arch}/bin/node`)

/** Says of which lock file everything that can be had is installed. */
const INSTALL_STAMP = join(root, 'node_modules/.installed-from')

/** Characters of npm's complaints that are kept for the sentence at the end. */
const COMPLAINT_MAX = 20_000

/** How long parts of an earlier bundle are kept for a server that still runs it. */
const CHUNK_AGE_MS_MAX = 7 * 24 * 3600 * 1000

/** Something a person has to put right; its message is the whole answer. */
export class SetUpError extends Error {}

/** What is built, out of what, into where. The fingerprint of the sources is kept beside the result. */
const BUILDS = [
  { what: 'server', workspace: 'apps/server', sources: ['apps/server', 'src/media'] },
  { what: 'admin', workspace: 'apps/admin', sources: ['apps/admin'] },
]

/** Brings what is missing: npm packages, the server's bundle, the admin. Answers the Node to run it all with. */
export const setUp = async ({ tell }) => {
  const stale = staleBuilds()
  const node = await bringPackages({ tell, withDev: stale.length > 0 })
  await buildAll(node, stale, tell)
  return node
}

/** Installs npm packages that are missing, those for building and testing as well if asked. Answers the Node to use. */
export const bringPackages = async ({ tell, withDev }) => {
  if (!packagesAreThere({ withDev })) await install(tell)
  return findNode()
}

/** Builds what is older than its sources. */
export const bringBuilds = ({ node, tell }) => buildAll(node, staleBuilds(), tell)

const staleBuilds = () => BUILDS.map(build => ({ ...build, fingerprint: fingerprint(build.sources) })).filter(isStale)

/**
 * How Node runs the server: two halves of 16 MiB for what lives for a moment. Left alone they grow over hours
 * to 128 MiB, which a process whose packets are gone at once never needs.
 */
export const nodeFlags = ['--max-semi-space-size=16']

/** The environment of a child that is to find the project's own Node and programs first. */
export const childEnvironment = () => ({
  ...process.env,
  PATH: [join(root, 'node_modules/.bin'), process.env.PATH].filter(Boolean).join(delimiter),
})

/** A Node that is new enough: this one, or the one that npm brought. */
const findNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return process.execPath
  if (process.platform === 'linux' && existsSync(BROUGHT_NODE)) return BROUGHT_NODE
  throw new SetUpError(
    `Sightline needs Node.js ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}, and npm has none to bring ` +
      `for ${process.platform} on ${process.arch}. Install one from https://nodejs.org and run the command again.`,
  )
}

/** Whether every package of the lock file is installed in that version. npm writes the list it compares with last. */
const packagesAreThere = ({ withDev }) => {
  if (isAsWeInstalled()) return true
  const wanted = lockedPackages('package-lock.json')
  const installed = lockedPackages('node_modules/.package-lock.json')
  if (wanted === undefined || installed === undefined) return false
  return Object.entries(wanted).every(([path, locked]) => {
    if (path === '') return true
    if (installed[path] !== undefined) return installed[path].version === locked.version
    return (locked.optional === true && !isForThisMachine(locked)) || (locked.dev === true && !withDev)
  })
}

/** What npm left out although we asked for everything cannot be had here: asking again at each start would not help. */
const isAsWeInstalled = () => {
  try {
    return readFileSync(INSTALL_STAMP, 'utf8') === installStamp()
  } catch {
    return false
  }
}

/** Changes with the lock file, and whenever npm changes what is installed. */
const installStamp = () => {
  const lock = createHash('sha1').update(readFileSync(join(root, 'package-lock.json')))
  return `${lock.digest('hex')} ${statSync(join(root, 'node_modules/.package-lock.json')).mtimeMs}`
}

/**
 * Whether an optional package is made for this system, processor and C library. One that is made for none in
 * particular may be left out: it belongs to another that is.
 */
const isForThisMachine = ({ os, cpu, libc }) => {
  if (os === undefined && cpu === undefined) return false
  const isAmong = (list, name) => list === undefined || list.includes(name)
  return isAmong(os, process.platform) && isAmong(cpu, process.arch) && isAmong(libc, usesMusl() ? 'musl' : 'glibc')
}

const usesMusl = () => existsSync(`/lib/ld-musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`)

const lockedPackages = file => {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  } catch {
    return undefined
  }
}

const install = async tell => {
  tell('Installing npm packages. The first time this takes about a minute …')
  await runNpm('npm', [])
  if (!packagesAreThere({ withDev: true }) && existsSync(BROUGHT_NODE)) await installTheRest(tell)
  if (existsSync(join(root, 'node_modules/.package-lock.json'))) writeFileSync(INSTALL_STAMP, installStamp())
}

const installTheRest = async tell => {
  // npm leaves out what its own Node is too old for; with the Node that has come now, nothing is left out.
  tell('Installing those that need the newer Node, which is here now …')
  const npm = process.env.npm_execpath
  if (npm?.endsWith('.js')) await runNpm(BROUGHT_NODE, [npm])
  else await runNpm('npm', [])
}

const runNpm = async (program, parameters) => {
  // Scripts stay off: no package needs one here, and older npm would compile SQLite although its binary is included.
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const whenMissing = 'npm was not found: install Node.js with npm, then run it again.'
  const { code, complaint } = await run(program, [...parameters, ...options], whenMissing)
  if (code !== 0) throw new SetUpError(installProblem(complaint))
}

/** npm's complaint as a sentence that says what to do. */
export const installProblem = complaint => {
  if (/ENOSPC|no space left/i.test(complaint))
    return `The disk is full: the packages need about 700 MB in ${root}. Make room and run the command again.`
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|network/i.test(complaint))
    return 'npm cannot reach its registry: check the network or the proxy (npm config get registry), then run it again.'
  if (/EACCES|EPERM|EROFS/.test(complaint))
    return `npm may not write in ${root}: run the command as the folder's owner.`
  return `npm ci failed:\n${complaint.trim()}`
}

const isStale = ({ workspace, fingerprint: wanted }) => {
  try {
    return readFileSync(stampFile(workspace), 'utf8') !== wanted
  } catch {
    return true
  }
}

const stampFile = workspace => join(root, workspace, 'dist/.built-from')

/** Changes whenever a source does: path, size and time of each file, and the lock file's content. */
const fingerprint = folders => {
  const hash = createHash('sha1').update(readFileSync(join(root, 'package-lock.json')))
  for (const folder of folders) {
    for (const line of fileLines(folder)) hash.update(line)
  }
  return hash.digest('hex')
}

function* fileLines(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`
    if (entry.name === 'dist' || entry.name === 'node_modules' || entry.name.startsWith('.')) continue
    if (entry.isDirectory()) yield* fileLines(path)
    else if (entry.isFile()) {
      const { size, mtimeMs } = statSync(join(root, path))
      yield `${path} ${size} ${mtimeMs}\n`
    }
  }
}

const buildAll = async (node, builds, tell) => {
  if (builds.length === 0) return
  tell(`Building the ${builds.map(({ what }) => what).join(' and the ')} …`)
  const results = await Promise.allSettled(builds.map(build => buildOne(node, build)))
  const failed = results.find(({ status }) => status === 'rejected')
  if (failed) throw failed.reason
}

const buildOne = async (node, { what, workspace, fingerprint: builtFrom }) => {
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const { code, complaint } = await run(node, [vite, 'build', workspace, '--logLevel', 'error'])
  if (code !== 0 && /ENOSPC/.test(complaint))
    throw new SetUpError(`The disk is full: the ${what} could not be built in ${root}.`)
  if (code !== 0) throw new SetUpError(`The ${what} could not be built:\n${complaint.trim()}`)
  mkdirSync(join(root, workspace, 'dist'), { recursive: true })
  writeFileSync(stampFile(workspace), builtFrom)
  removeOldChunks(join(root, workspace, 'dist/chunks'))
}

const removeOldChunks = folder => {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (Date.now() - statSync(file).mtimeMs > CHUNK_AGE_MS_MAX) rmSync(file)
  }
}

/** Runs a program to its end, out of sight; `complaint` is the end of what it said. */
const run = (program, parameters, whenMissing) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: root,
      // In a production environment npm would leave out what builds the server.
      env: { ...childEnvironment(), NODE_ENV: '', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let complaint = ''
    const listen = text => {
      complaint = (complaint + text).slice(-COMPLAINT_MAX)
    }
    child.stdout.setEncoding('utf8').on('data', listen)
    child.stderr.setEncoding('utf8').on('data', listen)
    child.once('error', error => {
      reject(new SetUpError(error.code === 'ENOENT' && whenMissing ? whenMissing : `${program}: ${error.message}`))
    })
    child.once('close', code => resolve({ code, complaint }))
  })
