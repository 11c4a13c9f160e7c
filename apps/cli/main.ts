import { explain } from '../wiring/process.js';
import { commands } from './commands.js';

const [name = 'help', ...args] = process.argv.slice(2);
const command = commands.get(name);

if (!command) {
  const lines = [...commands].map(([title, { help }]) => `  ${title.padEnd(16)} ${help}`);
  process.stdout.write(`usage: cli <command>\n\n${lines.join('\n')}\n`);
  process.exit(name === 'help' ? 0 : 1);
}
command.run(args).then(
  (line) => {
    process.stdout.write(`${line}\n`);
    process.exit(0);
  },
  (error: unknown) => {
    process.stderr.write(`${name}: ${explain(error)}\n`);
    process.exit(1);
  },
);
