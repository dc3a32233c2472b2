/** Nothing here may reach beyond the element: every rule begins with it. */
const rules = `
video-stream { display: block; position: relative; overflow: hidden; background: #0a0c0e; color: #e6e9ec;
  font: 13px/18px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif; }
video-stream > video { object-fit: contain; }
video-stream .sightline-message { position: absolute; inset: 0; display: flex; flex-direction: column; gap: 8px;
  align-items: center; justify-content: safe center; margin: 0; padding: 40px 16px; overflow: auto; text-align: center;
  background: rgb(10 12 14 / 72%); pointer-events: none; }
video-stream .sightline-message > * { max-width: 56ch; margin: 0; pointer-events: auto; }
video-stream .sightline-bar { position: absolute; top: 8px; right: 8px; display: flex; gap: 4px; }
video-stream .sightline-bar button, video-stream .sightline-message button { min-height: 28px; padding: 2px 10px;
  border: 0; border-radius: 6px; background: rgb(10 12 14 / 72%); color: #e6e9ec; font: inherit; cursor: pointer;
  touch-action: none; user-select: none; }
video-stream .sightline-message button { border: 1px solid #69747f; background: #1b2025; }
video-stream .sightline-bar button:hover, video-stream .sightline-bar button[aria-expanded="true"],
video-stream .sightline-bar button[aria-pressed="true"] { background: #2d343b; }
video-stream button:focus-visible { outline: 2px solid #fff; outline-offset: -2px; }
video-stream meter { display: block; width: 100%; height: 4px; }
video-stream .sightline-why { position: absolute; top: 44px; right: 8px; max-width: min(56ch, calc(100% - 16px)); max-height: calc(100% - 52px);
  overflow: auto; box-sizing: border-box; padding: 8px 12px; border-radius: 6px; background: rgb(10 12 14 / 86%);
  font-size: 12px; line-height: 16px; }
video-stream .sightline-why ul { margin: 0 0 8px; padding: 0; list-style: none; }
video-stream .sightline-why dl { display: grid; grid-template-columns: auto 1fr; gap: 0 12px; margin: 0; }
video-stream .sightline-why dt { color: #a7b0b9; }
video-stream .sightline-why dd { margin: 0; }
video-stream [hidden] { display: none !important; }
`

let sheet: CSSStyleSheet | undefined

/** Gives the document or shadow tree around an element the look of the overlay, once. */
export function dress(element: Element): void {
  const tree = element.getRootNode()
  if (!(tree instanceof Document || tree instanceof ShadowRoot)) return
  if (!('adoptedStyleSheets' in tree)) {
    dressByElement(tree)
    return
  }
  if (sheet === undefined) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(rules)
  }
  if (!tree.adoptedStyleSheets.includes(sheet)) tree.adoptedStyleSheets = [...tree.adoptedStyleSheets, sheet]
}

/** Safari before 16.4 has no sheets of its own making. */
function dressByElement(tree: Document | ShadowRoot): void {
  if (tree.querySelector('style[data-sightline]') !== null) return
  const style = Object.assign(document.createElement('style'), { textContent: rules })
  style.dataset['sightline'] = ''
  ;(tree instanceof Document ? tree.head : tree).append(style)
}
