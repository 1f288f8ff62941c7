type Import = { readonly specifier: string; readonly typeOnly: boolean }

/** A TypeScript source in which only code is left, and what it imports. */
export type Scan = {
  /** Comments, texts of templates and regular expressions are gone; a string literal is `"#n"`, n its index. */
  readonly code: string
  readonly strings: readonly string[]
  readonly imports: readonly Import[]
  readonly lineCount: number
}

/** What `import(name)` imports: nobody can say without running it. */
export const COMPUTED = '(computed)'
const STATIC = /\b(?:import|export)\s+(type\b(?!\s*from\b)\s*)?(?:[\w$*{}\s,#]+?\bfrom\s*)?"#(\d+)"/g
const DYNAMIC = /(?<![.\w$#])import\s*\(\s*(?:"#(\d+)"\s*[,)])?/g

/**
 * Reads the imports of a source: static, `import type`, `export … from` and `import()`. TypeScript 7 has no JavaScript
 * API, and a bundler does not see type imports. Throws when a string or comment does not end, rather than guess.
 */
export function scan(source: string): Scan {
  const { code, strings } = onlyCode(source)
  const text = (index: string | undefined) =>
    index === undefined ? COMPUTED : (strings[Number(index)] ?? COMPUTED)
  const fixed = [...code.matchAll(STATIC)].map((found) => ({
    specifier: text(found[2]),
    typeOnly: found[1] !== undefined,
  }))
  const dynamic = [...code.matchAll(DYNAMIC)].map((found) => ({ specifier: text(found[1]), typeOnly: false }))
  return { code, strings, imports: [...fixed, ...dynamic], lineCount: source.trimEnd().split('\n').length }
}

const TOKENS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['comment', /\/\/[^\n]*|\/\*.*?\*\//sy],
  ['string', /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/sy],
  ['regex', /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y],
  ['word', /[\w$]+|\s+/y],
]
const BEFORE_REGEX =
  /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|throw|new|else|do|await|yield))\s*$/

function onlyCode(source: string): { code: string; strings: string[] } {
  const strings: string[] = []
  /** Per open `${`: how many braces are open inside it. */
  const holes: number[] = []
  let code = ''
  let at = 0
  while (at < source.length) {
    const [kind, token] = nextToken(source, at, code)
    at += token.length
    if (kind === 'comment') code += ' '
    else if (kind === 'regex') code += '/ /'
    else if (kind === 'string') code += `"#${strings.push(unquoted(token)) - 1}"`
    else if (token === '`' || (token === '}' && holes.at(-1) === 0)) {
      if (token === '}') holes.pop()
      at = templateEnd(source, at)
      const opensHole = source[at - 1] === '{'
      if (opensHole) holes.push(0)
      code += opensHole ? ' (' : ' `` '
    } else {
      code += token
      countBraces(token, holes)
    }
  }
  return { code, strings }
}

function nextToken(source: string, at: number, code: string): readonly [kind: string, token: string] {
  for (const [kind, pattern] of TOKENS) {
    pattern.lastIndex = at
    const token = pattern.exec(source)?.[0]
    if (token !== undefined && (kind !== 'regex' || BEFORE_REGEX.test(code.slice(-20)))) return [kind, token]
  }
  const character = source.charAt(at)
  if (`'"`.includes(character) || source.startsWith('/*', at)) {
    throw new Error(`no end of the string or comment at character ${at}: ${source.slice(at, at + 40)}`)
  }
  return ['mark', character]
}

/** The index after the template's closing backtick or the next `${`. */
function templateEnd(source: string, from: number): number {
  const end = /(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)/sy
  end.lastIndex = from
  const found = end.exec(source)
  if (found === null) throw new Error(`no end of the template at character ${from}`)
  return from + found[0].length
}

function countBraces(token: string, holes: number[]): void {
  const open = holes.at(-1)
  if (open === undefined) return
  if (token === '{') holes[holes.length - 1] = open + 1
  if (token === '}') holes[holes.length - 1] = open - 1
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/gs, '$1')
}
