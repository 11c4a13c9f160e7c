import { Injectable } from '@nestjs/common';
import { SigningKeys } from './signing-keys.js';

/** Replaces the signing key when it is old, or at once after a leak (`force`). Answers whether there is a new one. */
@Injectable()
export class RotateSigningKeys {
  constructor(private readonly keys: SigningKeys) {}

  execute(input: { readonly force?: boolean } = {}): Promise<boolean> {
    return this.keys.rotate(input);
  }
}
