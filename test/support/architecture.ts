import path from 'node:path/posix'
import { COMPUTED, type Scan, scan } from './source-scan.ts'

/** A folder or file of the project, what it may import besides itself, and from where it may take types alone. */
type Room = { readonly mayImport: readonly string[]; readonly types?: readonly string[] }

const PLAN_WORDS = ['lib/crm/plan.ts', 'lib/crm/where.ts', 'lib/crm/prototypes/generated.ts']
const SOURCE_TABLE = ['lib/sources/index.ts', 'lib/sources/source.ts', 'lib/sources/errors.ts']
const EVERYTHING = [
  'lib',
  'functions',
  'emulator',
  'local',
  'cli',
  'bench',
  'simulation',
  'deploy',
  'integration.config.ts',
]

/** Who may import whom. The longest path that contains a file is its room. Values are free to every room of ours. */
const ROOMS: Readonly<Record<string, Room>> = {
  'lib/values': { mayImport: [] },
  'lib/events': { mayImport: ['lib/values'] },
  'lib/crm': { mayImport: ['lib/values'] },
  'lib/config': {
    mayImport: [
      'lib/values',
      'lib/events',
      'lib/crm/prototypes/generated.ts',
      'lib/crm/release.ts',
      'lib/crm/zone.ts',
    ],
    types: ['lib/crm/typed.ts'],
  },
  'lib/intake': { mayImport: ['lib/values'] },
  'lib/sources': { mayImport: ['lib/values', 'lib/events', 'lib/intake'] },
  'lib/plans': {
    mayImport: ['lib/values', 'lib/events', 'lib/config', 'lib/automations', ...PLAN_WORDS],
  },
  'lib/automations': { mayImport: ['lib/values', 'lib/events', 'lib/config', ...PLAN_WORDS] },
  'lib/delivery': {
    mayImport: [
      'lib/values',
      'lib/events',
      'lib/config',
      'lib/plans',
      'lib/automations',
      'lib/crm',
      ...SOURCE_TABLE,
    ],
    types: ['lib/intake/request.ts'],
  },
  'lib/notify': { mayImport: ['lib/values'] },
  'lib/jobs': {
    mayImport: [
      'lib/values',
      'lib/delivery',
      'lib/crm',
      'lib/plans/configured-fields.ts',
      'lib/sources/api',
      'lib/notify',
    ],
  },
  'lib/runtime': { mayImport: ['lib'] },
  'lib/runtime/assemble.ts': { mayImport: ['lib', 'integration.config.ts'] },
  'integration.config.ts': { mayImport: ['lib/config'] },
  functions: { mayImport: ['lib/values', 'lib/runtime', 'lib/delivery', 'lib/intake', 'lib/jobs'] },
  emulator: { mayImport: [] },
  simulation: {
    mayImport: [
      'lib/values',
      'lib/config',
      'lib/delivery',
      'lib/jobs',
      'lib/plans',
      'lib/crm/journal.ts',
      'lib/crm/errors.ts',
      'lib/crm/prototypes/snapshot.ts',
      ...PLAN_WORDS,
    ],
    types: ['lib/events', 'lib/sources/source.ts', 'lib/crm/client.ts', 'lib/crm/prototypes/field.ts'],
  },
  local: { mayImport: ['lib', 'functions', 'emulator', 'integration.config.ts'] },
  deploy: { mayImport: ['lib', 'integration.config.ts'] },
  cli: { mayImport: EVERYTHING },
  bench: { mayImport: [...EVERYTHING, 'scripts', 'test/soak', 'test/support'] },
  scripts: { mayImport: EVERYTHING },
  test: { mayImport: [...EVERYTHING, 'scripts'] },
  'test/emulator': { mayImport: ['emulator', 'test/support/property.ts'] },
}

/** Where `process.env` may be read. */
const READS_ENVIRONMENT =
  /^(?:lib\/runtime\/env\.ts|(?:emulator|local|cli)\/main\.ts|(?:bench|scripts|test)\/.*)$/
const MAX_LINES = 300

type Rule = (file: string, source: Scan) => readonly string[]

const rules: readonly Rule[] = [
  importsOnlyAllowedRooms,
  importsWhatCanBeRead,
  readsEnvironmentInOnePlace,
  importsZodWhole,
  keepsToTheHouse,
]

/** What is wrong with one file; each message names the file, the place and the rule. */
export function violationsOf(file: string, text: string): readonly string[] {
  const source = scan(text)
  return rules.flatMap((rule) => rule(file, source)).map((message) => `${file}: ${message}`)
}

function importsOnlyAllowedRooms(file: string, { imports }: Scan): readonly string[] {
  const name = roomOf(file)
  const room = name === undefined ? undefined : ROOMS[name]
  if (name === undefined || room === undefined)
    return ['lies in no room of the table in test/support/architecture.ts']
  return imports.flatMap(({ specifier, typeOnly }) => {
    const target = targetOf(file, specifier)
    if (target === undefined || lies(target, name)) return []
    const allowed = typeOnly ? [...room.mayImport, ...(room.types ?? [])] : room.mayImport
    if (allowed.some((place) => lies(target, place))) return []
    return [`imports ${target}; ${name} may import ${room.mayImport.join(', ') || 'nothing of ours'}`]
  })
}

function importsWhatCanBeRead(_file: string, { imports }: Scan): readonly string[] {
  const computed = imports.some(({ specifier }) => specifier === COMPUTED)
  return computed
    ? ['imports a computed name; write import() with a string, so that its room can be checked']
    : []
}

function readsEnvironmentInOnePlace(file: string, { code, imports }: Scan): readonly string[] {
  if (READS_ENVIRONMENT.test(file)) return []
  const read = /\bprocess\s*(?:\?\s*)?(?:\.\s*env\b|\[)|\benv\b[^;{}]*\}\s*=\s*process\b/.test(code)
  const imported = imports.some(({ specifier }) => /^(?:node:)?process$/.test(specifier))
  return read || imported ? ['reads process.env; only lib/runtime/env.ts does'] : []
}

function importsZodWhole(_file: string, { code, strings }: Scan): readonly string[] {
  const named = [...code.matchAll(/\bimport\s*\{[^}]*\bz\b[^}]*\}\s*from\s*"#(\d+)"/g)]
  const wrong = named.some(([, index]) => /^zod(?:\/|$)/.test(strings[Number(index)] ?? ''))
  return wrong ? ["imports { z } from zod; write import * as z from 'zod', which bundles smaller"] : []
}

function keepsToTheHouse(file: string, { code, lineCount }: Scan): readonly string[] {
  if (file.startsWith('test/') || file.endsWith('/generated.ts')) return []
  const tooLong = lineCount > MAX_LINES ? [`has ${lineCount} lines; ${MAX_LINES} are allowed`] : []
  const hasDefault = file.startsWith('lib/') && /\bexport\s+default\b|\bas\s+default\b/.test(code)
  return hasDefault ? [...tooLong, 'has a default export; lib has named exports only'] : tooLong
}

/** The import cycles among files at run time, each as the list of its files. Type-only imports do not count. */
export function runtimeCycles(files: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const graph = new Map([...files].map(([file, text]) => [file, runtimeTargets(file, text)]))
  const done = new Set<string>()
  const cycles: string[][] = []
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file)
    if (start >= 0) cycles.push([...trail.slice(start), file])
    if (start >= 0 || done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return cycles
}

function runtimeTargets(file: string, text: string): string[] {
  const atRunTime = scan(text).imports.filter(({ typeOnly }) => !typeOnly)
  return atRunTime.map(({ specifier }) => targetOf(file, specifier)).filter((target) => target !== undefined)
}

/** The project path a relative specifier means; undefined for packages. */
function targetOf(file: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? path.join(path.dirname(file), specifier) : undefined
}

function roomOf(file: string): string | undefined {
  const containing = Object.keys(ROOMS).filter((room) => lies(file, room))
  return containing.sort((one, other) => other.length - one.length)[0]
}

function lies(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`)
}
