import { Injectable } from '@nestjs/common';

/** Whether the process is on its way out: it then still answers, but asks for no new work. */
@Injectable()
export class Lifecycle {
  draining = false;
}
