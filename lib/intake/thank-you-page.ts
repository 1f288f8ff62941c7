/** The page a visitor sees after sending a form, complete in itself: no script, no image, no outside style. */
export function thankYouPage(reference: string | undefined): string {
  const line = reference === undefined ? '' : `\n<p>Your reference: <code>${escapeHtml(reference)}</code></p>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Thank you</title>
<style>
:root { color-scheme: light dark; font: 1.125rem/1.6 system-ui, sans-serif }
main { max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem }
code { overflow-wrap: anywhere }
</style>
</head>
<body>
<main>
<h1>Thank you</h1>
<p>We have received your message and will get back to you.</p>${line}
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
