import { GraphQLError } from 'graphql'
import type { Builder, ConfigurationChanged, StatusChanged } from './builder.ts'
import { ChangeFeed } from './change-feed.ts'
import type { GraphQLContext } from './graphql-context.ts'

/** Subscriptions at once: one a page that is open. */
const FEED_COUNT_MAX = 200

let feedCount = 0

/** Everything that can be followed. */
export const addSubscriptions = (builder: Builder): void => {
  const configurationChanged = builder.objectType('ConfigurationChanged', {
    description: 'The configuration changed.',
    fields: t => ({
      position: t.exposeInt('position'),
      events: t.field({ type: ['Event'], resolve: ({ events }) => [...events] }),
      streams: t.field({
        type: ['Stream'],
        description: 'Streams as they are now, for those the events touched.',
        resolve: ({ streams }) => [...streams],
      }),
      removed: t.idList({ description: 'Ids of streams that are gone.', resolve: ({ removed }) => [...removed] }),
    }),
  })
  const statusChanged = builder.objectType('StatusChanged', {
    description:
      'Streams whose state, viewers or bitrate changed; the first one of a subscription holds all that are not idle.',
    fields: t => ({ statuses: t.field({ type: ['StreamStatus'], resolve: ({ statuses }) => [...statuses] }) }),
  })
  const change = builder.unionType('Change', {
    types: [configurationChanged, statusChanged],
    resolveType: value => value.kind,
  })
  builder.subscriptionType({
    fields: t => ({
      changes: t.field({
        type: change,
        description: 'Everything that changes, from a position on (default: now). Resume with the last position seen.',
        args: { after: t.arg.int() },
        subscribe: (_root, { after }, context) => openFeed(context, after ?? undefined),
        resolve: value => value as ConfigurationChanged | StatusChanged,
      }),
    }),
  })
}

const openFeed = (context: GraphQLContext, after: number | undefined): ChangeFeed => {
  if (feedCount >= FEED_COUNT_MAX)
    throw new GraphQLError(`more than ${FEED_COUNT_MAX} subscriptions are open`, { extensions: { code: 'too_many' } })
  feedCount++
  const feed = new ChangeFeed({ ...context, after, signal: context.closing })
  feed.onEnd(() => feedCount--)
  return feed
}
