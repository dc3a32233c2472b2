import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'

/** Levels a question may have: our deepest, a subscription with its sources' problems, has 6. */
const DEPTH_MAX = 12
/** Aliases in one question. */
const ALIAS_COUNT_MAX = 15
/** Fields and fragments in one question, counted wherever they are used; GraphiQL's own has 150. */
const SELECTION_COUNT_MAX = 500
/** Directives in one question. */
const DIRECTIVE_COUNT_MAX = 50

/** Words and signs a question may have, before anything looks at what they mean. */
export const TOKEN_COUNT_MAX = 4000

/**
 * What a question has too much of, in words; `undefined` when it is one that may be meant. Follows fragments, and
 * stops counting at the first limit. Asked before validation, whose cost grows with the square of the fields.
 */
export const findExcess = (document: DocumentNode): string | undefined => {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  const count = { selections: 0, aliases: 0, directives: 0 }
  const visit = (set: SelectionSetNode | undefined, depth: number): string | undefined => {
    if (set === undefined) return undefined
    if (depth > DEPTH_MAX) return `the question is more than ${DEPTH_MAX} levels deep`
    for (const selection of set.selections) {
      count.directives += selection.directives?.length ?? 0
      if (selection.kind === Kind.FIELD && selection.alias !== undefined) count.aliases++
      if (++count.selections > SELECTION_COUNT_MAX) return `the question has more than ${SELECTION_COUNT_MAX} fields`
      if (count.aliases > ALIAS_COUNT_MAX) return `the question has more than ${ALIAS_COUNT_MAX} aliases`
      if (count.directives > DIRECTIVE_COUNT_MAX) return `the question has more than ${DIRECTIVE_COUNT_MAX} directives`
      const excess =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? visit(fragments.get(selection.name.value)?.selectionSet, depth + 1)
          : visit(
              selection.selectionSet,
              selection.kind === Kind.FIELD ? depthBelow(selection.name.value, depth) : depth,
            )
      if (excess !== undefined) return excess
    }
    return undefined
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const excess = visit(definition.selectionSet, 1)
    if (excess !== undefined) return excess
  }
  return undefined
}

/** Tools ask a schema 13 levels deep what it is: there the number of fields is limit enough. */
const depthBelow = (field: string, depth: number): number =>
  field === '__schema' || field === '__type' ? -100 : depth + 1
