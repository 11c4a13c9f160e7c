import { Controller, Get, Headers, Req } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { Answer, type CallerRequest, CurrentActor, EventStreams, Operation, PathParam, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { JobQueries, JobWatch } from '@isp/domain/provisioning';
import { z } from 'zod';
import { cursorOf, jobEvents } from './job-events.js';
import { eventsExample } from './job.schema.js';

@ApiTags('Provisioning')
@Controller('v1/provisioning/jobs')
export class JobEventsController {
  constructor(
    private readonly jobs: JobQueries,
    private readonly watch: JobWatch,
    private readonly streams: EventStreams,
  ) {}

  @Get(':job_id/events')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Goes on behind this event; sent by browsers' })
  @Operation({
    access: 'provisioning_job.read',
    summary: 'Follow a provisioning job live',
    description:
      'Server-sent events: `step` with a step that has changed, `job` with the whole job as it is read otherwise. The ' +
      'stream ends when the job is over; one that has nothing more to tell answers 204, which stops an EventSource.',
    contentType: 'text/event-stream',
    response: z.string(),
    example: eventsExample,
    errors: ['not_found'],
  })
  async followJob(
    @CurrentActor() actor: Actor,
    @PathParam('job_id', intId) id: number,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: CallerRequest,
  ) {
    const events = jobEvents(cursorOf(lastEventId), await this.jobs.get(actor, id));
    return events ? this.streams.start(request, events.follow(this.watch, id)) : new Answer(undefined, {}, 204);
  }
}
