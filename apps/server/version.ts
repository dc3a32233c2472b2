import { arch, platform } from 'node:process'
import manifest from '../../package.json' with { type: 'json' }

/** The go2rtc version whose behaviour is kept: clients refuse servers that report anything much else. */
export const compatibleVersion = '1.9.14'

/** Sightline's own version. */
export const ownVersion: string = manifest.version

/** Go's names for machines that Node names otherwise. */
const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

/** Operating system and processor as go2rtc writes them: `linux/amd64`. */
export const goPlatform = `${platform === 'win32' ? 'windows' : platform}/${goArchitectures[arch] ?? arch}`

/** What `-v` prints; clients look for its beginning. */
export const versionLine = `go2rtc version ${compatibleVersion} (sightline-${ownVersion}) ${goPlatform}`
