"""What axe finds serious or critical on a page, asked in two thirds of the time that axe takes when left to itself.

What it would find and nobody here asserts, it does not look for. Two things are taken out of its way that change no answer:
it reads the same few colours again for each text and for all that lies behind it, and writes down the source of all it passes.

And one is taken out that hid what it should find: it takes letters that join, as those of Arabic do, for the letters of a font of icons,
since joined they are drawn otherwise, and looks at the contrast of none. So here all letters are drawn alike, and icons are known by
the name of their font.
"""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

READY = (
    AXE_SCRIPT
    + """;(() => {
const grave = rule => ["serious", "critical"].includes(rule.impact)
axe.configure({noHtml: true, rules: axe._audit.rules.filter(rule => !grave(rule)).map(({id}) => ({id, enabled: false}))})

const colour = axe.commons.color.Color.prototype, read = colour.parseString, known = new Map()
colour.parseString = function (text) {
  if (known.has(text)) return Object.assign(this, known.get(text))
  const {r, g, b, alpha} = read.call(this, text)
  known.set(text, {r, g, b, alpha})
  return this
}
const drawn = CanvasRenderingContext2D.prototype
drawn.measureText = function (text) { return {width: this.font.includes("Material Symbols") ? 0 : 30 * text.length} }
drawn.getImageData = (x, y, width, height) => ({data: new Uint8Array(4 * width * height).fill(1)})
})()"""
)
FIND = """([part, rules]) => axe.run(part, {resultTypes: ["violations"], elementRef: true, ...(rules && {runOnly: rules})}).then(
  ({violations}) => violations.flatMap(({id, impact, nodes}) => nodes.map(
    ({target, element}) => `${id} (${impact}): ${target} ${element?.outerHTML.slice(0, 200)}`)))"""


def barriers(page: Page, part: str = "html", *, rules: list[str] | None = None) -> list[str]:
    """What keeps people out of this part of the page; by these rules alone, where they are named."""
    if not page.evaluate("'axe' in window"):
        page.add_init_script(READY)  # half a megabyte: sent once, for all that this page opens from now on
        page.evaluate(READY)
    return page.evaluate(FIND, [part, rules])
