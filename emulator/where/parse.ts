import { COMPARISONS, type Comparison, type Condition, type Literal, WhereSyntaxError } from './condition.ts'
import { fold } from './fold.ts'
import { type Token, type TokenKind, tokenize } from './tokens.ts'

export { WhereSyntaxError } from './condition.ts'

const MAX_DEPTH = 50
/** SQLite's own limit on the depth of an expression is 1000. */
const MAX_CONDITIONS = 400
const LITERALS: readonly TokenKind[] = ['string', 'number', 'date']

/**
 * Reads a `where`: comparisons of a field with a value, `between`, `in`, `like`, joined by `and`, `or`, `not` and
 * parentheses; `and` binds closer than `or`.
 * @param operators those the release accepts, in lower case
 * @throws WhereSyntaxError saying what was expected and where
 */
export function parseWhere(text: string, operators: ReadonlySet<string>): Condition {
  const parser = new Parser(tokenize(text), operators)
  return parser.whole()
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #operators: ReadonlySet<string>
  #index = 0
  #depth = 0
  #conditions = 0

  constructor(tokens: readonly Token[], operators: ReadonlySet<string>) {
    this.#tokens = tokens
    this.#operators = operators
  }

  whole(): Condition {
    const condition = this.#joined('or')
    if (this.#current.kind !== 'end') throw this.#expected('and, or, or the end')
    return condition
  }

  #joined(kind: 'and' | 'or'): Condition {
    const part = () => (kind === 'or' ? this.#joined('and') : this.#negated())
    const first = part()
    const parts = [first]
    while (this.#takeOperator(kind)) parts.push(part())
    return parts.length === 1 ? first : { kind, of: parts }
  }

  #negated(): Condition {
    return this.#takeOperator('not')
      ? { kind: 'not', of: this.#nested(() => this.#negated()) }
      : this.#primary()
  }

  #primary(): Condition {
    if (this.#isSymbol('(')) return this.#parenthesised()
    this.#count()
    return LITERALS.includes(this.#current.kind) ? this.#constant() : this.#condition()
  }

  /** Each value of an `in` counts as a condition, for that is what it becomes. */
  #count(): void {
    this.#conditions += 1
    if (this.#conditions > MAX_CONDITIONS)
      throw new WhereSyntaxError(`more than ${MAX_CONDITIONS} conditions`)
  }

  #parenthesised(): Condition {
    this.#symbol('(')
    const inside = this.#nested(() => this.#joined('or'))
    this.#symbol(')')
    return inside
  }

  #nested(parse: () => Condition): Condition {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new WhereSyntaxError(`nested more than ${MAX_DEPTH} deep`)
    const condition = parse()
    this.#depth -= 1
    return condition
  }

  #constant(): Condition {
    const left = this.#literal()
    if (!this.#isSymbol('=') && !this.#isWord('eq')) throw this.#expected('=')
    this.#advance()
    const right = this.#literal()
    return { kind: 'constant', holds: isSame(left, right) }
  }

  #condition(): Condition {
    if (this.#current.kind !== 'word') throw this.#expected('a field')
    const field = this.#advance().text
    if (this.#takeOperator('like')) return { kind: 'like', field, pattern: this.#literal().text }
    if (this.#takeOperator('in')) return { kind: 'in', field, values: this.#list() }
    if (this.#takeOperator('between')) return this.#between(field)
    const operator = COMPARISONS.find((one) => this.#takeOperator(one))
    if (operator === undefined) throw this.#expected(`an operator after ${field}`)
    return this.#comparison(field, operator)
  }

  #comparison(field: string, operator: Comparison): Condition {
    return { kind: 'compare', field, operator, value: this.#literal() }
  }

  #between(field: string): Condition {
    const low = this.#literal()
    if (!this.#isWord('and')) throw this.#expected('and')
    this.#advance()
    return { kind: 'between', field, low, high: this.#literal() }
  }

  #list(): readonly Literal[] {
    this.#symbol('(')
    const values = [this.#literal()]
    while (this.#isSymbol(',')) {
      this.#advance()
      this.#count()
      values.push(this.#literal())
    }
    this.#symbol(')')
    return values
  }

  #literal(): Literal {
    const { kind, text } = this.#current
    if (kind === 'word' && /^(null|true|false)$/i.test(text)) {
      throw new WhereSyntaxError(`Sage CRM cannot search for ${text.toLowerCase()}`)
    }
    if (kind !== 'string' && kind !== 'number' && kind !== 'date') throw this.#expected('a value')
    this.#advance()
    return { kind, text }
  }

  /** Whether the operator stands here; then it is passed over, and refused when the release does not know it. */
  #takeOperator(word: string): boolean {
    if (!this.#isWord(word)) return false
    if (!this.#operators.has(word)) throw this.#unsupported(word)
    this.#advance()
    return true
  }

  #unsupported(word: string): WhereSyntaxError {
    return new WhereSyntaxError(`"${word}" is not supported at character ${this.#current.at}`)
  }

  #isWord(word: string): boolean {
    return this.#current.kind === 'word' && this.#current.text.toLowerCase() === word
  }

  #isSymbol(symbol: string): boolean {
    return this.#current.kind === 'symbol' && this.#current.text === symbol
  }

  #symbol(symbol: string): void {
    if (!this.#isSymbol(symbol)) throw this.#expected(symbol)
    this.#advance()
  }

  get #current(): Token {
    return this.#tokens[this.#index] ?? { kind: 'end', text: '', at: 0 }
  }

  #advance(): Token {
    const token = this.#current
    this.#index += 1
    return token
  }

  #expected(what: string): WhereSyntaxError {
    const { kind, text, at } = this.#current
    const found = kind === 'end' ? 'the end' : `"${text}"`
    return new WhereSyntaxError(`expected ${what} instead of ${found} at character ${at}`)
  }
}

function isSame(left: Literal, right: Literal): boolean {
  const areNumbers = left.kind === 'number' || right.kind === 'number'
  return areNumbers ? Number(left.text) === Number(right.text) : fold(left.text) === fold(right.text)
}
