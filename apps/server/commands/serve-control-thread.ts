import type { MessagePort } from 'node:worker_threads'
import { CannotOpenError } from '../database/cannot-open-error.ts'
import type { ThreadNotice } from '../database/thread-protocol.ts'
import { type CrossingRefusal, serveThread } from '../database/thread-server.ts'
import type { ReaderMethods, ReaderStart, WriterMethods, WriterNotice, WriterStart } from './control-thread-messages.ts'
import { Reader } from './reader.ts'
import { refusalOf } from './refusals.ts'
import { Writer } from './writer.ts'

/** What a database thread is for. */
export type ControlThreadStart =
  | { readonly role: 'writer'; readonly start: WriterStart }
  | { readonly role: 'reader'; readonly start: ReaderStart }

/** Answers on a port as the writer or the reader, until `close` was asked. */
export const serveControlThread = (port: MessagePort, { role, start }: ControlThreadStart): void => {
  if (role === 'writer') serveThread<WriterMethods>(port, writerMethods(port, start), crossing)
  else serveThread<ReaderMethods>(port, readerMethods(port, start), crossing)
}

const writerMethods = (port: MessagePort, start: WriterStart): WriterMethods => {
  const tell = (notice: WriterNotice): void => port.postMessage({ notice } satisfies ThreadNotice<WriterNotice>)
  const writer = new Writer(start, tell)
  return {
    open: input => writer.open(input),
    execute: request => writer.execute(request),
    close: () => writer.close(),
  }
}

const readerMethods = (_port: MessagePort, start: ReaderStart): ReaderMethods => {
  const reader = new Reader(start)
  return {
    events: query => reader.events(query),
    eventsAfter: position => reader.eventsAfter(position),
    configAt: position => reader.configAt(position),
    diff: range => reader.diff(range),
    readYaml: text => reader.readYaml(text),
    close: () => reader.close(),
  }
}

const crossing = (error: unknown): CrossingRefusal | undefined =>
  error instanceof CannotOpenError ? { code: error.code, message: error.message } : refusalOf(error)
