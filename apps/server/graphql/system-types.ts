import { ownVersion } from '../version.ts'
import type { Builder } from './builder.ts'

/** The server itself. */
export const addSystemTypes = (builder: Builder): void => {
  addLinkedFile(builder)
  builder.objectType('Listener', {
    fields: t => ({
      name: t.exposeString('name', { description: 'api, rtsp' }),
      address: t.exposeString('address', {
        description: 'ip:port as bound; empty when it is off or could not be bound.',
      }),
      problem: t.field({ type: 'Problem', nullable: true, resolve: ({ problem }) => problem }),
    }),
  })
  builder.objectType('System', {
    fields: t => ({
      version: t.string({ description: "Sightline's own version.", resolve: () => ownVersion }),
      startedAt: t.float({
        description: 'Unix milliseconds.',
        resolve: (_system, _args, { startedAt }) => startedAt,
      }),
      memoryBytes: t.float({ description: 'Resident memory in bytes.', resolve: () => process.memoryUsage.rss() }),
      listeners: t.field({ type: ['Listener'], resolve: (_system, _args, { listeners }) => [...listeners()] }),
      linkedFile: t.field({
        type: 'LinkedFile',
        resolve: (_system, _args, { controlPlane }) => controlPlane.linkedFile,
      }),
      schemes: t.stringList({
        description: 'Schemes a source may begin with.',
        resolve: (_system, _args, { live }) => [...live.schemes],
      }),
      position: t.int({
        description: 'Of the newest event; 0 when there is none.',
        resolve: (_system, _args, { controlPlane }) => controlPlane.position,
      }),
    }),
  })
}

const addLinkedFile = (builder: Builder): void => {
  const state = builder.enumType('LinkedFileState', {
    values: {
      NONE: { value: 'none', description: 'No file is linked.' },
      IN_STEP: { value: 'in-step', description: 'The file and the configuration say the same.' },
      NOT_WRITTEN: {
        value: 'not-written',
        description: 'Changes are kept here and could not be written into the file.',
      },
      NOT_UNDERSTOOD: {
        value: 'not-understood',
        description: 'The file could not be read or understood; the server keeps what it had.',
      },
    } as const,
  })
  builder.objectType('LinkedFile', {
    fields: t => ({
      path: t.string({ nullable: true, resolve: file => ('path' in file ? file.path : undefined) }),
      state: t.field({ type: state, resolve: file => file.state }),
      message: t.string({
        nullable: true,
        resolve: (file, _args, { controlPlane }) => ('message' in file ? controlPlane.redact(file.message) : undefined),
      }),
      line: t.int({ nullable: true, resolve: file => ('line' in file ? file.line : undefined) }),
      column: t.int({ nullable: true, resolve: file => ('column' in file ? file.column : undefined) }),
    }),
  })
}
