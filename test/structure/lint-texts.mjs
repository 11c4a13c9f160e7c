/**
 * Lints texts as if they were files of the repository, with its own configuration: JSON `[{ path, text }]` on standard
 * input, JSON `[["rule", ...], ...]` on standard output. A path that exists is linted with types, any other without.
 */
import { existsSync } from 'node:fs';
import { text as read } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const withTypes = new ESLint();
const withoutTypes = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });

const found = [];
for (const { path, text } of JSON.parse(await read(process.stdin))) {
  const linter = existsSync(path) ? withTypes : withoutTypes;
  const [result] = await linter.lintText(text, { filePath: path });
  const errors = result.messages.filter((message) => message.severity === 2);
  found.push(errors.map((message) => message.ruleId ?? message.message));
}
console.log(JSON.stringify(found));
