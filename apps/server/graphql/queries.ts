import { GraphQLError } from 'graphql'
import { Refusal } from '../commands/control-plane.ts'
import type { Builder } from './builder.ts'

/** Events one page may hold, as the log gives them. */
const PAGE_LENGTH_MAX = 500

/** Everything that can be asked. */
export const addQueries = (builder: Builder): void => {
  builder.queryType({
    fields: t => ({
      streams: t.field({
        type: ['Stream'],
        resolve: (_root, _args, { controlPlane }) => [...controlPlane.streams.values()],
      }),
      stream: t.field({
        type: 'Stream',
        nullable: true,
        args: { name: t.arg.string({ required: true }) },
        resolve: (_root, { name }, { controlPlane }) => controlPlane.streams.get(name),
      }),
      events: t.field({
        type: 'EventPage',
        description: 'Newest first. `before` is exclusive; `first` at most 500.',
        args: { before: t.arg.int(), first: t.arg.int({ defaultValue: 50 }), streamId: t.arg.id() },
        resolve: (_root, { before, first, streamId }, { controlPlane }) =>
          answered(
            controlPlane.events({
              first: Math.min(Math.max(first ?? 50, 1), PAGE_LENGTH_MAX),
              ...(before == null ? {} : { before }),
              ...(streamId == null ? {} : { streamId: String(streamId) }),
            }),
          ),
      }),
      configAt: t.field({
        type: ['ConfiguredStream'],
        description: 'The configuration as it stood at a revision.',
        args: { position: t.arg.int({ required: true }) },
        resolve: async (_root, { position }, { controlPlane }) => [
          ...(await answered(controlPlane.configAt(position))),
        ],
      }),
      diff: t.field({
        type: ['StreamDifference'],
        description: 'From one revision to another.',
        args: { from: t.arg.int({ required: true }), to: t.arg.int({ required: true }) },
        resolve: async (_root, { from, to }, { controlPlane }) => [...(await answered(controlPlane.diff(from, to)))],
      }),
      system: t.field({ type: 'System', resolve: () => ({}) }),
    }),
  })
}

/** A refused question is an error with the refusal's code; everything else is masked further out. */
const answered = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Refusal) throw new GraphQLError(error.message, { extensions: { code: error.code } })
    throw error
  }
}
