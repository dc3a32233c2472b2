import { createRequire } from 'node:module'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { filesBelow, foldersIn, placeOf, root, syntaxOf, textOf, typeScriptFiles, walk } from './source-files.ts'

const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 50

/** Words that say nothing about what is inside. */
const FORBIDDEN_NAMES = /^(utils?|helpers?|misc|common|shared|types)$/

const sources = typeScriptFiles('src', 'apps')
const tests = typeScriptFiles('test')
const everything = [...sources, ...tests]
const written = filesBelow('').filter(path => /\.(ts|mjs|cjs|svelte|css|c|py|sh)$/.test(path))

test('there is something to look at', () => {
  expect(sources.length).toBeGreaterThan(30)
  expect(tests.length).toBeGreaterThan(5)
})

test(`no file is longer than ${FILE_LINES_MAX} lines`, () => {
  const long = written.map(path => [path, textOf(path).split('\n').length - 1] as const)
  expect(long.filter(([, lines]) => lines > FILE_LINES_MAX)).toEqual([])
})

/** A `describe` is a chapter, not a function. */
const isChapter = (node: ts.Node): boolean =>
  ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText())

const linesOf = (node: ts.Node): number => {
  const file = node.getSourceFile()
  const line = (position: number): number => file.getLineAndCharacterOfPosition(position).line
  return line(node.getEnd()) - line(node.getStart()) + 1
}

test(`no function is longer than ${FUNCTION_LINES_MAX} lines`, () => {
  const long: string[] = []
  for (const path of everything) {
    walk(syntaxOf(path), node => {
      if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return
      if (linesOf(node) > FUNCTION_LINES_MAX && !isChapter(node)) long.push(`${placeOf(node)} ${linesOf(node)} lines`)
    })
  }
  expect(long).toEqual([])
})

test('files and folders are named in kebab-case, components in PascalCase', () => {
  const odd = [...filesBelow('src'), ...filesBelow('apps'), ...filesBelow('test')].filter(path => {
    const names = path.split('/')
    const file = names.pop() ?? ''
    const folders = names.every(name => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    if (file.startsWith('.') || /^(README|LICENSE|CHANGELOG)/.test(file) || path.startsWith('test/fixtures/'))
      return !folders
    const pattern = file.endsWith('.svelte') ? /^[A-Z][A-Za-z0-9]*\.svelte$/ : /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)+$/
    const named = file.endsWith('.test.ts') || pattern.test(file) || /^[a-z0-9]+(-[a-z0-9]+)*$/.test(file)
    return !folders || !named
  })
  expect(odd).toEqual([])
})

test('no file or folder has a name that says nothing', () => {
  const vague = [...filesBelow('src'), ...filesBelow('apps'), ...filesBelow('test')].filter(path =>
    path
      .replace(/^test\/helpers\//, 'test/')
      .split('/')
      .some(name => FORBIDDEN_NAMES.test(name.replace(/\..*$/, ''))),
  )
  expect(vague).toEqual([])
})

test('nothing is exported by default, except what a tool asks for', () => {
  const found: string[] = []
  for (const path of everything.filter(path => !/\.(config|d)\.ts$/.test(path))) {
    for (const statement of syntaxOf(path).statements) {
      const isDefault =
        ts.isExportAssignment(statement) ||
        (ts.canHaveModifiers(statement) &&
          ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword))
      if (isDefault) found.push(placeOf(statement))
    }
  }
  expect(found).toEqual([])
})

test('nothing is of type any, and no check is switched off without a reason', () => {
  const found: string[] = []
  for (const path of everything) {
    walk(syntaxOf(path), node => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${placeOf(node)} any`)
    })
  }
  for (const path of written.filter(path => path !== 'test/house/tidy.test.ts')) {
    for (const [index, line] of textOf(path).split('\n').entries()) {
      if (/@ts-(ignore|nocheck)/.test(line)) found.push(`${path}:${index + 1} ${line.trim()}`)
      if (/biome-ignore(?!.*: *\w)|svelte-ignore(?!.*-- \w)|@ts-expect-error(?!.* \w)/.test(line))
        found.push(`${path}:${index + 1} without a reason`)
    }
  }
  expect(found).toEqual([])
})

test('no test is skipped, alone, or put off', () => {
  const found: string[] = []
  for (const path of tests.filter(path => path.endsWith('.test.ts'))) {
    walk(syntaxOf(path), node => {
      if (!ts.isPropertyAccessExpression(node)) return
      const called = node.getText()
      if (/^(test|it|describe)(\.\w+)*\.(only|skip|todo|fails)$/.test(called)) found.push(`${placeOf(node)} ${called}`)
    })
  }
  expect(found).toEqual([])
})

test('no comment puts work off', () => {
  const found = written.flatMap(path =>
    textOf(path)
      .split('\n')
      .flatMap((line, index) =>
        /(\/\/|\/\*|^\s*\*|#).*\b(TODO|FIXME|XXX|HACK)\b/.test(line) ? [`${path}:${index + 1}`] : [],
      ),
  )
  expect(found.filter(place => !place.startsWith('test/house/tidy.test.ts'))).toEqual([])
})

test('every layer is governed by the dependency rules', () => {
  const { layers } = createRequire(import.meta.url)(`${root}.dependency-cruiser.cjs`) as {
    readonly layers: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  }
  const ungoverned = Object.entries(layers).flatMap(([folder, known]) =>
    foldersIn(folder)
      .filter(name => !(name in known) && name !== 'styles' && name !== 'assets')
      .map(name => `${folder}/${name}`),
  )
  expect(Object.keys(layers).length).toBe(3)
  expect(ungoverned).toEqual([])
})

/** dependency-cruiser does not see type-only imports in components: they are gone before it looks. */
test('the components import nothing from the server or the engine', () => {
  const found = filesBelow('apps/admin').filter(
    path => path.endsWith('.svelte') && /from ['"](#media|#server|.*(apps\/server|src\/media)\/)/.test(textOf(path)),
  )
  expect(found).toEqual([])
})
