/** When a player may rest. */
export interface VisibilityRules {
  /** Rests while its tab is hidden. */
  readonly page: boolean
  /** Rests while less than this share of it is in the viewport; 0 does not look. */
  readonly threshold: number
}

/** Watches whether an element can be seen until `signal` aborts, and calls back with what changed. */
export function watchVisibility(
  element: Element,
  { page, threshold }: VisibilityRules,
  signal: AbortSignal,
  changed: (visible: boolean) => void,
): void {
  let visible = true
  let inViewport = true
  const look = (): void => {
    const now = inViewport && !(page && document.hidden)
    if (now === visible) return
    visible = now
    changed(now)
  }
  if (page) document.addEventListener('visibilitychange', look, { signal })
  if (threshold > 0) {
    const observer = new IntersectionObserver(
      entries => {
        const last = entries.at(-1)
        if (last === undefined) return
        inViewport = last.isIntersecting && last.intersectionRatio >= threshold
        look()
      },
      { threshold: [0, threshold] },
    )
    observer.observe(element)
    signal.addEventListener('abort', () => observer.disconnect())
  }
  look()
}
