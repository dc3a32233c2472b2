import { writeFileSync } from 'node:fs'
import { cruise } from './cruise.ts'
import { root, textOf } from './source-files.ts'

/** Where the drawing stands. */
export const PAGE = 'ARCHITECTURE.md'

const BEGIN = '<!-- layers: written by `node test/house/draw-layers.ts` -->'
const END = '<!-- layers end -->'

/** A box for each folder; a file that stands above the folders is a box of its own. */
const HOUSES = [
  { id: 'server', title: 'apps/server: the control plane', path: /^apps\/server\/(\w+\/|server\.ts|main\.ts)/ },
  { id: 'media', title: 'src/media: the engine', path: /^src\/media\/(\w+\/|engine\.ts)/ },
  { id: 'admin', title: 'apps/admin/src', path: /^apps\/admin\/src\/(\w+\/|App\.svelte)/ },
]

type Graph = ReadonlyMap<string, ReadonlySet<string>>

/** The layers and who uses whom, as mermaid. An arrow that follows from others is left out. */
export const drawLayers = (): string => {
  const graph = readGraph()
  const houses = HOUSES.map(({ id, title }) => {
    const boxes = [...graph.keys()].filter(box => box.startsWith(`${id}_`)).sort()
    return [`  subgraph ${id} ["${title}"]`, ...boxes.map(box => `    ${box}["${nameOf(box)}"]`), '  end'].join('\n')
  })
  const arrows = [...graph].flatMap(([from, targets]) =>
    [...targets].filter(to => !followsFromOthers(graph, from, to)).map(to => `  ${from} --> ${to}`),
  )
  return ['```mermaid', 'flowchart TD', ...houses, ...arrows.sort(), '```'].join('\n')
}

/** The page with the drawing in its place. Throws when the page has no place for it. */
export const pageWithDrawing = (): string => {
  const page = textOf(PAGE)
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new TypeError(`${PAGE} has no ${BEGIN} … ${END}`)
  return `${before}${BEGIN}\n${drawLayers()}\n${END}${after}`
}

const readGraph = (): Graph => {
  const graph = new Map<string, Set<string>>()
  for (const { source, dependencies } of cruise().modules) {
    const from = boxOf(source)
    if (from === undefined) continue
    const targets = graph.get(from) ?? new Set()
    graph.set(from, targets)
    for (const { resolved } of dependencies) {
      const to = boxOf(resolved)
      if (to !== undefined && to !== from) targets.add(to)
    }
  }
  return graph
}

const boxOf = (path: string): string | undefined => {
  // The engine's door is the engine.
  const inside = path === 'src/media/index.ts' ? 'src/media/engine.ts' : path
  for (const { id, path: pattern } of HOUSES) {
    const part = pattern.exec(inside)?.[1]
    if (part !== undefined) return `${id}_${part.replace(/\/$/, '').replace('.', '_')}`
  }
  return undefined
}

const nameOf = (box: string): string => box.slice(box.indexOf('_') + 1).replace('_', '.')

const followsFromOthers = (graph: Graph, from: string, to: string): boolean =>
  [...(graph.get(from) ?? [])].some(via => via !== to && reaches(graph, via, to, new Set([from])))

const reaches = (graph: Graph, from: string, to: string, visited: Set<string>): boolean => {
  if (from === to) return true
  if (visited.has(from)) return false
  visited.add(from)
  return [...(graph.get(from) ?? [])].some(next => reaches(graph, next, to, visited))
}

if (process.argv[1] === import.meta.filename) writeFileSync(`${root}${PAGE}`, pageWithDrawing())
