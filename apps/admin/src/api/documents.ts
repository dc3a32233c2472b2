import type { ResultOf } from 'gql.tada'
import { graphql } from './graphql.ts'

const ProblemFields = graphql(`
  fragment ProblemFields on Problem {
    code
    message
    remedy
  }
`)

const StatusFields = graphql(
  `
  fragment StatusFields on StreamStatus {
    id
    state
    viewerCount
    bitsPerSecond
    problem { ...ProblemFields }
    sources {
      url
      state
      problem { ...ProblemFields }
      retryAt
      remoteAddress
      tracks { kind label codec }
    }
  }
`,
  [ProblemFields],
)

const StreamFields = graphql(
  `
  fragment StreamFields on Stream {
    id
    name
    sources
    preload
    position
    updatedAt
    status { ...StatusFields }
  }
`,
  [StatusFields],
)

const EventFields = graphql(`
  fragment EventFields on Event {
    position
    streamId
    streamName
    type
    summary
    data
    actor
    correlationId
    at
  }
`)

const SystemFields = graphql(
  `
  fragment SystemFields on System {
    version
    startedAt
    memoryBytes
    listeners { name address problem { ...ProblemFields } }
    linkedFile { path state message line column }
    schemes
    position
  }
`,
  [ProblemFields],
)

const ChangeFields = graphql(
  `
  fragment ChangeFields on ChangeResult {
    correlationId
    position
    events { ...EventFields }
    viewersEnded
    problem { ...ProblemFields }
  }
`,
  [EventFields, ProblemFields],
)

/** Why something is not as it should be, and what to do. */
export type Problem = ResultOf<typeof ProblemFields>
/** What a stream is doing now. */
export type StreamStatus = ResultOf<typeof StatusFields>
/** What one source of a stream is doing now. */
export type SourceStatus = StreamStatus['sources'][number]
/** What a stream or a source is doing, in one word. */
export type StreamState = StreamStatus['state']
/** A stream as it is configured. */
export type Stream = Omit<ResultOf<typeof StreamFields>, 'status'>
/** One entry of the configuration's event log. */
export type LogEvent = ResultOf<typeof EventFields>
/** The server itself. */
export type System = ResultOf<typeof SystemFields>
/** What a command did, or would do. */
export type ChangeResult = ResultOf<typeof ChangeFields>
/** One viewer of a stream. */
export type Viewer = NonNullable<ResultOf<typeof ViewersQuery>['stream']>['status']['viewers'][number]
/** A stream as it stood at a revision. */
export type ConfiguredStream = ResultOf<typeof ConfigAtQuery>['configAt'][number]
/** How one stream differs between two revisions. */
export type StreamDifference = ResultOf<typeof DiffQuery>['diff'][number]
/** What a source offers, or why it does not answer. */
export type ProbeResult = ResultOf<typeof ProbeSource>['probeSource']
/** What a go2rtc.yaml brought, or would bring. */
export type ImportResult = ResultOf<typeof ImportYaml>['importYaml']
/** One message of the `changes` feed. */
export type Change = ResultOf<typeof ChangesFeed>['changes']

/** Everything to begin with. `system` comes first: the streams are then at least as new as its position. */
export const OverviewQuery = graphql(
  `
  query Overview {
    system { ...SystemFields }
    streams { ...StreamFields }
  }
`,
  [SystemFields, StreamFields],
)

/** The server itself. */
export const SystemQuery = graphql(
  `
  query System {
    system { ...SystemFields }
  }
`,
  [SystemFields],
)

/** The one feed that keeps the page live. */
export const ChangesFeed = graphql(
  `
  subscription Changes($after: Int) {
    changes(after: $after) {
      __typename
      ... on ConfigurationChanged {
        position
        events { ...EventFields }
        streams { ...StreamFields }
        removed
      }
      ... on StatusChanged {
        statuses { ...StatusFields }
      }
    }
  }
`,
  [EventFields, StreamFields, StatusFields],
)

/** Viewers are many and change each second: only the page that shows them asks. */
export const ViewersQuery = graphql(`
  query Viewers($name: String!) {
    stream(name: $name) {
      id
      status {
        sources { bytesReceived }
        viewers { id format protocol remoteAddress userAgent bytesSent dropped }
      }
    }
  }
`)

/** A page of the log, newest first. */
export const EventsQuery = graphql(
  `
  query Events($before: Int, $first: Int, $streamId: ID) {
    events(before: $before, first: $first, streamId: $streamId) {
      hasMore
      events { ...EventFields }
    }
  }
`,
  [EventFields],
)

/** The configuration as it stood. */
export const ConfigAtQuery = graphql(`
  query ConfigAt($position: Int!) {
    configAt(position: $position) { id name sources preload }
  }
`)

/** What changed from one revision to another. */
export const DiffQuery = graphql(`
  query Diff($from: Int!, $to: Int!) {
    diff(from: $from, to: $to) {
      id
      kind
      before { name sources preload }
      after { name sources preload }
    }
  }
`)

/** Adds a stream or changes its sources. */
export const SetStream = graphql(
  `
  mutation SetStream($name: String!, $sources: [String!]!, $basedOn: Int, $dryRun: Boolean) {
    setStream(name: $name, sources: $sources, basedOn: $basedOn, dryRun: $dryRun) { ...ChangeFields }
  }
`,
  [ChangeFields],
)

/** Gives a stream another name. */
export const RenameStream = graphql(
  `
  mutation RenameStream($name: String!, $to: String!) {
    renameStream(name: $name, to: $to) { ...ChangeFields }
  }
`,
  [ChangeFields],
)

/** Takes a stream away. */
export const RemoveStream = graphql(
  `
  mutation RemoveStream($name: String!, $dryRun: Boolean) {
    removeStream(name: $name, dryRun: $dryRun) { ...ChangeFields }
  }
`,
  [ChangeFields],
)

/** Keeps a stream running without viewers, or lets it go. */
export const SetPreload = graphql(
  `
  mutation SetPreload($name: String!, $query: String) {
    setPreload(name: $name, query: $query) { ...ChangeFields }
  }
`,
  [ChangeFields],
)

/** Takes one change set back. */
export const Undo = graphql(
  `
  mutation Undo($correlationId: String!) {
    undo(correlationId: $correlationId) { ...ChangeFields }
  }
`,
  [ChangeFields],
)

/** Brings the whole configuration back to a revision. */
export const RevertTo = graphql(
  `
  mutation RevertTo($position: Int!, $dryRun: Boolean) {
    revertTo(position: $position, dryRun: $dryRun) { ...ChangeFields }
  }
`,
  [ChangeFields],
)

/** Dials a source without keeping it. */
export const ProbeSource = graphql(
  `
  mutation ProbeSource($url: String!) {
    probeSource(url: $url) {
      tookMs
      tracks { kind label codec }
      problem { ...ProblemFields }
    }
  }
`,
  [ProblemFields],
)

/** Streams of a go2rtc.yaml, as one change set. */
export const ImportYaml = graphql(
  `
  mutation ImportYaml($text: String!, $dryRun: Boolean) {
    importYaml(text: $text, dryRun: $dryRun) {
      added
      changed
      unchanged
      notes { line column message }
      change { ...ChangeFields }
    }
  }
`,
  [ChangeFields],
)
