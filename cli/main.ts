import { Command } from 'commander'
import { automationCommand } from './automation.ts'
import { doctorCommand } from './doctor.ts'
import { emulatorCommand } from './emulator.ts'
import { eventsCommand } from './events.ts'
import { explainSignatureCommand } from './explain-signature.ts'
import { previewCommand } from './preview.ts'
import { prototypesCommand } from './prototypes.ts'
import { sendCommand } from './send.ts'

const program = new Command('npm run cli --').description('sage-crm-functions on the command line')
sendCommand(program, process.env)
explainSignatureCommand(program, process.env)
eventsCommand(program, process.env)
emulatorCommand(program)
prototypesCommand(program, process.env)
doctorCommand(program, process.env)
previewCommand(program, process.env)
automationCommand(program, process.env)

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
