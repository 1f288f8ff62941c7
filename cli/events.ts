import type { Command } from 'commander'
import { editWord } from './events/edit.ts'
import { exportWord } from './events/export.ts'
import { forgetWord } from './events/forget.ts'
import { listWord } from './events/list.ts'
import { pauseWord, resumeWord } from './events/pause.ts'
import { redriveWord } from './events/redrive.ts'
import { showWord } from './events/show.ts'
import { statusWord } from './events/status.ts'
import type { Word } from './events/word.ts'
import { writesWord } from './events/writes.ts'

const words: readonly Word[] = [
  statusWord,
  listWord,
  showWord,
  redriveWord,
  editWord,
  forgetWord,
  exportWord,
  pauseWord,
  resumeWord,
  writesWord,
]

/** `npm run events -- <word>`: what became of every delivery, and what people can do about it. */
export function eventsCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  const events = program
    .command('events')
    .description('what became of every delivery, on one machine (--data) or on AWS (--ledger, LEDGER_URL)')
  for (const word of words) word(events, environment)
}
