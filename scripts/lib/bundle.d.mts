import type { BuildOptions } from 'esbuild';

export function bundle(out: string): Promise<void>;
export function joined(
  options: BuildOptions & { readonly built?: { readonly filter: RegExp; fileOf(specifier: string): string } },
): Promise<void>;
