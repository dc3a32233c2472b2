import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { graphql } from 'graphql'
import type { ControlPlane } from '#server/commands/control-plane.ts'
import { openControlPlane } from '#server/commands/local-control-plane.ts'
import type { GraphQLContext, ListenerInfo } from '#server/graphql/graphql-context.ts'
import { buildGraphQLSchema } from '#server/graphql/schema.ts'
import { ServerLog } from '#server/logging/server-log.ts'
import { projectPaths } from '#server/paths.ts'
import { EngineFollow } from '#server/reactors/engine-follow.ts'
import { RecordingEngine } from './recording-engine.ts'

/** GraphQL over a real control plane and an engine that moves nothing. */
export interface GraphQLWorld extends AsyncDisposable {
  readonly controlPlane: ControlPlane
  readonly engine: RecordingEngine
  readonly context: GraphQLContext
  readonly listeners: ListenerInfo[]
  /** The data of an answer; throws when it has errors. */
  ask<Data>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>
}

/** Opens one in a temporary folder; dispose to end it. */
export const openGraphQLWorld = async (): Promise<GraphQLWorld> => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-graphql-'))
  const engine = new RecordingEngine()
  const controlPlane = await openControlPlane({
    dataFolder: join(folder, 'data'),
    migrations: projectPaths().migrations,
    checkSource: source => engine.checkSource(source),
    logger: () => {},
  })
  const live = new EngineFollow(engine)
  const closing = new AbortController()
  const listeners: ListenerInfo[] = []
  const context: GraphQLContext = {
    ...{ controlPlane, live, closing: closing.signal, listeners: () => listeners },
    ...{ log: new ServerLog({ write: () => {} }).module('graphql'), startedAt: 1000, actor: 'test' },
  }
  const schema = buildGraphQLSchema()
  return {
    ...{ controlPlane, engine, context, listeners },
    async ask<Data>(source: string, variableValues?: Readonly<Record<string, unknown>>): Promise<Data> {
      const { data, errors } = await graphql({
        schema,
        source,
        contextValue: context,
        variableValues: variableValues ?? {},
      })
      if (errors !== undefined) throw new Error(errors.map(error => error.message).join('; '))
      return JSON.parse(JSON.stringify(data)) as Data
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      live[Symbol.dispose]()
      await controlPlane[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}
