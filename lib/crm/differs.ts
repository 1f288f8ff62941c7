import type { ApplyContext } from './decide.ts'
import type { Found } from './match.ts'
import type { Differs, Step } from './plan.ts'

/**
 * A step that tells what a found record says otherwise than was sent, with that text in it; undefined when there is nothing to
 * tell. A record that was made, or is known from earlier, has been told about.
 */
export function tellDifferences(step: Step, { found }: ApplyContext): Step | undefined {
  const { differs } = step
  const one = differs && found.get(differs.as)
  if (differs === undefined || one === undefined) return undefined
  const lines = [...severalIn(one), ...differencesIn(one, differs)]
  if (lines.length === 0) return undefined
  return { ...step, create: { ...step.create, [differs.text]: [differs.heading, '', ...lines].join('\n') } }
}

function severalIn({ ambiguous, why = '' }: Found): string[] {
  return ambiguous === 0 ? [] : [`${ambiguous + 1} records match: ${why} was taken.`]
}

function differencesIn({ row }: Found, { wanted }: Differs): string[] {
  return wanted.flatMap(({ label, field, value }) => {
    const there = row.get(field)
    if (there === undefined || folded(there) === folded(value)) return []
    const said = there === null || there === '' ? 'nothing' : `"${String(there)}"`
    return [`${label}: sent "${value}", here ${said}`]
  })
}

function folded(value: unknown): string {
  return String(value ?? '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s()/-]/g, '')
}
