import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
})
export type Resource = z.infer<typeof Resource>

const Template = z.looseObject({
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.unknown()),
})

export type Packaged = {
  readonly resources: Readonly<Record<string, Resource>>
  /** The template as it would be handed to CloudFormation. */
  readonly text: string
  /** The files of each function's archive. */
  readonly archives: Readonly<Record<string, readonly string[]>>
}

const run = promisify(execFile)

/** What `npm run package` makes of a stage, without an account: the bundles anew, the template and the archives. */
export async function packageStage(stage: string, params: readonly string[] = []): Promise<Packaged> {
  const folder = await mkdtemp(path.join(tmpdir(), 'package-'))
  try {
    const serverless = path.resolve('node_modules/serverless/bin/serverless.js')
    const given = params.map((param) => `--param=${param}`)
    const args = [serverless, 'package', '--stage', stage, '--package', folder, ...given]
    await run(process.execPath, args, { env: withoutAws() })
    const text = await readFile(path.join(folder, 'cloudformation-template-update-stack.json'), 'utf8')
    const files = (await readdir(folder)).filter((file) => file.endsWith('.zip'))
    const archives = files.map(
      async (file) =>
        [path.basename(file, '.zip'), namesIn(await readFile(path.join(folder, file)))] as const,
    )
    const { Resources } = Template.parse(JSON.parse(text))
    return { resources: Resources, text, archives: Object.fromEntries(await Promise.all(archives)) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The bundles, as `npm run build` writes them. */
export async function buildBundles(): Promise<void> {
  await run(process.execPath, [path.resolve('scripts/build.ts')])
}

/** No account: neither variables nor files with credentials. */
function withoutAws(): NodeJS.ProcessEnv {
  const variables = Object.entries(process.env).filter(([name]) => !/^(AWS_|CRM_)/.test(name))
  const nowhere = path.join(tmpdir(), 'there-is-no-such-file')
  return {
    ...Object.fromEntries(variables),
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    SLS_TELEMETRY_DISABLED: '1',
  }
}

const CENTRAL_HEADER = Buffer.from('PK\x01\x02', 'latin1')

/** The names in the central directory of a zip file (APPNOTE 6.3, 4.3.12). */
function namesIn(zip: Buffer): string[] {
  const names: string[] = []
  const start = zip.readUInt32LE(zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1')) + 16)
  for (let at = start; zip.subarray(at, at + 4).equals(CENTRAL_HEADER); ) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    names.push(zip.toString('utf8', at + 46, at + 46 + name))
    at += 46 + name + extra + comment
  }
  return names
}
