import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { renameOf } from './api/event-data.ts'
import { live } from './api/live.svelte.ts'
import { location } from './lib/location.svelte.ts'
import { paths } from './lib/paths.ts'

// Whoever looks at a stream that is renamed goes on looking at it.
live.onEvents(events => {
  for (const renamed of events.map(renameOf)) {
    if (renamed === undefined || location.path !== paths.stream(renamed.from)) continue
    location.replace(paths.stream(renamed.to))
  }
})

void live.follow(new AbortController().signal)
mount(App, { target: document.body })
