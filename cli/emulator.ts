import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Command } from 'commander'
import { readInstance } from './instance.ts'

/** `npm run emulator` runs one alone; `-- stop|start` takes the CRM away from a running `npm start` and gives it back. */
export function emulatorCommand(program: Command): void {
  const emulator = program.command('emulator').description('the emulated Sage CRM').helpOption(false)
  emulator
    .command('run [options...]', { isDefault: true })
    .description('run one alone, in the foreground; its options are listed by --help')
    .helpOption(false)
    .allowUnknownOption()
    .action(run)
  for (const word of ['stop', 'start'] as const) {
    emulator
      .command(word)
      .description(`${word} the emulator of the running npm start`)
      .option('--data <folder>', 'data folder of the running instance', '.data')
      .action((options: { data: string }) => control(options.data, word))
  }
}

async function run(options: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['emulator/main.ts', ...options], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGTERM'))
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}

async function control(folder: string, word: 'stop' | 'start'): Promise<void> {
  const { control: address } = await readInstance(folder)
  const response = await fetch(`${address}/crm/${word}`, { method: 'POST' })
  console.log(await response.text())
  if (!response.ok) process.exitCode = 1
}
