/** `node --import <this file> program.ts`: a real process over the sources, for tests that kill one. */
import { register } from 'node:module';

register('./ts-hooks.mjs', import.meta.url);
