/** What a page says: plain text. */
export type PageText = { readonly title: string; readonly text: string; readonly language: string }

/** A page for somebody who sent a form, complete in itself: no script, no image, no outside style. */
export function page({ title, text, language }: PageText, reference?: string): string {
  const line = reference === undefined ? '' : `\n<p><code translate="no">${escapeHtml(reference)}</code></p>`
  return `<!doctype html>
<html lang="${escapeHtml(language)}" dir="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; font: 1.125rem/1.6 system-ui, sans-serif }
main { max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem }
code { overflow-wrap: anywhere }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>${line}
</main>
</body>
</html>
`
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? '')
}
