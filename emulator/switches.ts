/** One point on which the sources about Sage CRM's REST API disagree or are silent, and what it may be. */
type Switch = {
  /** The first is what a dialect has that says nothing else. */
  readonly values: readonly (string | number)[]
  readonly about: string
  /** How each value is known: documented, observed, standard (SData 2.0) or inferred. */
  readonly source: string
}

/** Every switch. A dialect is one row of values; `startEmulator` and the command line can change each of them. */
export const SWITCHES = {
  createStatus: {
    values: [201, 200],
    about: 'the status of a create',
    source: '201 standard (SData 0805); 200 inferred',
  },
  keyType: {
    values: ['number', 'string'],
    about: 'the JSON type of $key',
    source: "number observed (Sage's sample client); string standard (SData 0500)",
  },
  updateVerbs: {
    values: ['both', 'PUT', 'PATCH'],
    about: 'the verbs of a partial update',
    source: 'PUT documented (2019 R2) and observed; PATCH documented (2016 R1, 2019 R2)',
  },
  writeAnswer: {
    values: ['partial', 'full', 'empty'],
    about: 'what a create or update answers without returnPartial=false',
    source: 'partial documented (2019 R2); full standard; empty inferred',
  },
  deleteStatus: {
    values: [200, 204],
    about: 'the status of a delete, always without a body',
    source: '200 standard (SData 1001); 204 inferred; the blank body observed',
  },
  orderBy: {
    values: ['ignored', 'honoured'],
    about: 'the parameter orderBy',
    source: 'honoured since 2024 R2, documented; ignored before, standard for unknown parameters',
  },
  linked: {
    values: ['object', 'resources', 'on-include', 'none'],
    about: 'linked records inside an entry',
    source:
      "object observed (Sage's sample client); resources standard; on-include documented (older contract)",
  },
  errorBody: {
    values: ['diagnoses', 'html', 'empty'],
    about: 'the body of an error',
    source: 'diagnoses standard (SData 0310); html and empty inferred (Tomcat, IIS)',
  },
  pageSize: {
    values: [10, 100],
    about: 'records on a page when count is not given',
    source: '100 documented (older contract); 10 inferred',
  },
  pageCap: {
    values: ['none', 100],
    about: 'the most records on a page whatever count says',
    source: 'none observed (count=1000 in live code); 100 documented (older contract)',
  },
  operators: {
    values: ['all', 'seen', 'documented'],
    about: 'the operators of where',
    source:
      'documented: the list of 2024 R2; seen: with ne and in from live code; all: SData 0212, with functions',
  },
  dateOrder: {
    values: ['yes', 'no'],
    about: 'whether gt, ge, lt, le and between compare dates, or numbers alone',
    source: 'yes documented (older contract) and observed (pollers); no: 2024 R2 lists them as numeric',
  },
  dateLiterals: {
    values: ['both', 'quoted', 'at'],
    about: "how a date is written in where: '2014-03-14' or @2014-03-14@",
    source: 'at documented (older contract, SData 0212); quoted observed (pollers)',
  },
  checkboxes: {
    values: ['searched', 'refused'],
    about: "whether a checkbox can be compared with 'Y'",
    source:
      "searched observed (pric_active eq 'Y'); refused: Sage's staff says that booleans cannot be searched",
  },
  wildcards: {
    values: ['%_', '%', '%_['],
    about: 'what like takes for wildcards: % any text, _ any one character, [a-f] one of a set',
    source: '% documented; _ and [ inferred (SQL Server)',
  },
  selectMembers: {
    values: ['kept', 'left-out'],
    about: '$url, $key and $title of a record of which select names something else',
    source: 'kept inferred; left-out inferred',
  },
  unknownId: {
    values: [404, 410, 'empty'],
    about: 'the answer for an id there is no record with; empty is a feed of nothing',
    source: '404 standard (SData 0805); 410 and empty inferred',
  },
  prototypeTypes: {
    values: ['sdata', 'bare', 'capital'],
    about: '$type of a prototype: sdata/string, string or String',
    source: 'sdata standard (SData 05-0700); the others inferred',
  },
  prototypeChoices: {
    values: ['enum', 'none'],
    about: 'whether a prototype lists the codes of a selection field',
    source: "enum standard (SData 05-0700); none: Sage's sample client has no such member",
  },
  prototypeLengths: {
    values: ['shown', 'none'],
    about: 'whether a prototype has $maxLength',
    source: "shown inferred; none: Sage's sample client has no such member",
  },
  securedFields: {
    values: ['left-out', 'shown'],
    about: 'fields a user may not see, in the prototypes this user gets',
    source: 'inferred',
  },
  securedRecords: {
    values: [404, 403],
    about: "the answer for a record outside the user's territories",
    source: 'inferred; 403 standard (SData 0805)',
  },
  unknownFields: {
    values: ['refused', 'ignored'],
    about: 'a field in a body that the entity does not have',
    source: 'inferred',
  },
  readOnlyFields: {
    values: ['refused', 'ignored'],
    about: 'a field in a body that is not to be written, such as a total',
    source:
      'refused inferred; ignored observed (a public integration test creates opportunities with totals)',
  },
  selectionLists: {
    values: ['checked', 'unchecked'],
    about: 'a code in a body that its selection list does not have',
    source: 'inferred',
  },
  tooLong: {
    values: ['refused', 'server-error'],
    about: 'text longer than its column: 400, or 500 with the words of SQL Server',
    source: 'inferred',
  },
  uniqueViolation: {
    values: [409, 500, 400],
    about: 'a second value in a unique index: 409, 500 with the words of SQL Server, or 400 with $diagnoses',
    source: '409 standard (SData 0805); the others inferred',
  },
  lockOut: {
    values: ['on', 'off'],
    about: 'whether five wrong passwords in a row lock the account',
    source: 'on observed (SOAP interface); the number is ours',
  },
  rollUps: {
    values: ['on', 'off'],
    about: 'whether line items written by REST change the totals of their quote and opportunity',
    source: 'inferred: not proven either way',
  },
  instants: {
    values: ['utc', 'local'],
    about: 'dates as 2017-06-27T23:00:00Z, or in the time of the server without a zone',
    source: 'utc observed (Cloud Elements); local inferred',
  },
  postQuery: {
    values: ['ignored', 'parameter', 'body'],
    about: 'POST with a condition: creates as ever, or queries by the parameter or the member "where"',
    source: 'one unexplained sentence in the documentation of 2019 R2',
  },
  quickFind: {
    values: ['entity', 'plain', 'none'],
    about: 'Quick Find with its parameter entity, without it, or not at all',
    source: 'entity documented (2022 R1)',
  },
  quickFindAnswer: {
    values: ['feed', 'list'],
    about: 'what Quick Find answers: a feed of entries that name their entity, or a list of titles and links',
    source: 'inferred: only its address and parameters are documented',
  },
  etags: {
    values: ['none', 'sent'],
    about: 'ETag, $etag and If-Match',
    source: "sent standard (SData 0903); none: Sage's sample client has no such member",
  },
  caseAlias: {
    values: ['off', 'on'],
    about: 'whether Cases answers to "case" too',
    source: 'on observed once, unverified',
  },
} as const satisfies Record<string, Switch>

export type SwitchName = keyof typeof SWITCHES

/** One value for every switch. */
export type Dialect = { readonly [K in SwitchName]: (typeof SWITCHES)[K]['values'][number] }

/** What every switch is unless a dialect says otherwise. */
export const DEFAULTS = Object.fromEntries(
  Object.entries(SWITCHES).map(([name, { values }]) => [name, values[0]]),
) as Dialect

/**
 * Reads `createStatus=200`.
 * @throws SwitchError naming the switches, or the values of the one that is meant
 */
export function parseSwitch(text: string): Partial<Dialect> {
  const [name = '', wanted = ''] = text.split('=', 2)
  const known: Readonly<Record<string, Switch>> = SWITCHES
  const found = Object.hasOwn(known, name) ? known[name] : undefined
  if (found === undefined)
    throw new SwitchError(`there is no switch "${name}"; there are ${Object.keys(SWITCHES).join(', ')}`)
  const value = found.values.find((one) => String(one) === wanted)
  if (value === undefined) throw new SwitchError(`${name} is one of ${found.values.join(', ')}`)
  return { [name]: value }
}

/** A switch that does not exist, or a value it cannot have. */
export class SwitchError extends Error {
  override readonly name = 'SwitchError'
}
