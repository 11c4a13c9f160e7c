import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = '/usr/lib';
/** Where Debian puts libfaketime, below the name of the machine's architecture. */
const library = readdirSync(FOLDER)
  .map((architecture) => join(FOLDER, architecture, 'faketime/libfaketime.so.1'))
  .find((path) => existsSync(path));

/** What this machine lacks for it, in the words of a reader. */
export const missingForClocks: readonly string[] = library === undefined ? ['libfaketime (package faketime)'] : [];

/**
 * A machine's clock that somebody sets while programs run on it: whatever asks the system for the time of day, native code
 * included, is told that time. The count of CLOCK_MONOTONIC goes on as it does on a machine whose clock is set.
 */
export class JumpingClock {
  private readonly folder = mkdtempSync(join(tmpdir(), 'isp-clock-'));
  private readonly file = join(this.folder, 'shift');

  constructor() {
    this.set(0);
  }

  /** The environment of a program on that machine. */
  get settings(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** From now on the machine's clock is so many seconds ahead of the real time. */
  set(seconds: number): void {
    writeFileSync(`${this.file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${this.file}.new`, this.file);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
