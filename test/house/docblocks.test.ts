import ts from 'typescript'
import { expect, test } from 'vitest'
import { placeOf, syntaxOf, typeScriptFiles } from './source-files.ts'

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)

const docstring = (node: ts.Node): string | undefined => {
  const last = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1)
  return last && (ts.getTextOfJSDocComment(last.comment) ?? '')
}

const problemOf = (statement: ts.Statement): string | undefined => {
  const text = docstring(statement)
  if (text === undefined) return 'has no docstring'
  const sentence = text.split('\n\n')[0] ?? ''
  if (!/^[^\p{Ll}]/u.test(sentence) && !/^`|^go2rtc/.test(sentence)) return 'has a docstring without a capital'
  if (!/[.:?!)`]/.test(sentence.trim().at(-1) ?? '')) return 'has a docstring without a full stop'
  return undefined
}

/** An overload's docstring stands at its first signature. */
const isFurtherSignature = (statement: ts.Statement, before: ts.Statement | undefined): boolean =>
  ts.isFunctionDeclaration(statement) &&
  before !== undefined &&
  ts.isFunctionDeclaration(before) &&
  before.body === undefined &&
  before.name?.text === statement.name?.text

test('every export has a docstring that is a sentence', () => {
  const files = typeScriptFiles('src', 'apps', 'test').filter(path => !/\.(config|test)\.ts$/.test(path))
  const problems = files.flatMap(path =>
    syntaxOf(path).statements.flatMap((statement, index, all) => {
      if (!isExported(statement) || isFurtherSignature(statement, all[index - 1])) return []
      const problem = problemOf(statement)
      return problem === undefined ? [] : [`${placeOf(statement)} ${problem}`]
    }),
  )
  expect(files.length).toBeGreaterThan(30)
  expect(problems).toEqual([])
})
