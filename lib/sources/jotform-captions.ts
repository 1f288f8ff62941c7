const MAX_PRETTY_CHARACTERS = 10_000

/**
 * Jotform names a field after the first words of its question (`howLikely`) and sends the questions in `pretty` only:
 * "Question:Value, Question:Value", in which both may contain colons and commas. A question is found where it begins like
 * the field's name and its value follows; where it is not found, or `pretty` is long, the name serves as it is: `How likely`.
 */
export function captionFinder(pretty: string): (key: string, value: string) => string {
  const starts = pretty.length > MAX_PRETTY_CHARACTERS ? [] : startsOf(pretty)
  return (key, value) => {
    const words = lettersOf(key.slice(0, COMPARED_CHARACTERS)).replace(/\d+$/, '')
    const found = starts
      .filter((start) => words !== '' && start.letters.startsWith(words))
      .map((start) => questionAt(pretty.slice(start.at), value))
    return found.find((question) => question !== undefined) ?? spoken(key)
  }
}

type Start = { readonly at: number; readonly letters: string }

const COMPARED_CHARACTERS = 200

function startsOf(pretty: string): Start[] {
  const ats = [0, ...[...pretty.matchAll(/, /g)].map(({ index }) => index + 2)]
  return ats.map((at) => ({ at, letters: lettersOf(pretty.slice(at, at + COMPARED_CHARACTERS)) }))
}

/** The text before `:value`, when that is the end or another question follows. Without a value: before the first colon. */
function questionAt(rest: string, value: string): string | undefined {
  if (value === '') return rest.includes(':') ? rest.slice(0, rest.indexOf(':')) : undefined
  const at = rest.indexOf(`:${value}`)
  const after = at + 1 + value.length
  const isWhole = at > 0 && (after === rest.length || rest.startsWith(', ', after))
  return isWhole ? rest.slice(0, at).trim() : undefined
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** `howOften` → `How often`; `69_1Name69` has no words to speak of. */
function spoken(key: string): string {
  const words = key.replace(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  )
  return words.charAt(0).toUpperCase() + words.slice(1)
}
