import type { Component } from 'svelte'
import { matchPath } from './lib/paths.ts'
import AddPage from './pages/AddPage.svelte'
import ChangesPage from './pages/ChangesPage.svelte'
import NotFoundPage from './pages/NotFoundPage.svelte'
import StreamPage from './pages/StreamPage.svelte'
import StreamsPage from './pages/StreamsPage.svelte'

/** What every page is given: the named parts of its path. */
export interface PageProps {
  readonly parameters: Readonly<Record<string, string>>
}

/** A screen that a path leads to. */
export interface Route extends PageProps {
  readonly page: Component<PageProps>
}

type AnyPage = Component<PageProps> | Component<Record<string, never>>

/** One line a screen. */
const routes: readonly (readonly [pattern: string, page: AnyPage])[] = [
  ['/', StreamsPage],
  ['/add', AddPage],
  ['/streams/:name', StreamPage],
  ['/changes', ChangesPage],
]

/** The screen of a path; a page that says so when there is none. */
export function findRoute(path: string): Route {
  for (const [pattern, page] of routes) {
    const parameters = matchPath(pattern, path)
    // A page that declares no props is not hurt by some.
    if (parameters !== undefined) return { page: page as Component<PageProps>, parameters }
  }
  return { page: NotFoundPage as AnyPage as Component<PageProps>, parameters: {} }
}
