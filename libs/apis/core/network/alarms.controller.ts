import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import { AlarmQueries, ManageAlarms, type ThresholdValues } from '@isp/domain/network';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import { camelCase } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './alarm.schema.js';
import { presentAlarm, presentThreshold } from './device.presenter.js';
import { type PageQuery, pageQuery } from './node.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Network')
@Controller('v1/network')
export class AlarmsController {
  constructor(
    private readonly alarms: AlarmQueries,
    private readonly manage: ManageAlarms,
  ) {}

  @Get('alarms')
  @Operation({
    access: 'device.read',
    summary: 'List alarms, newest first',
    response: schema.alarmsShape,
    example: { alarms: [schema.alarmExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.alarmsQuery) query: schema.AlarmsQuery) {
    const { status, severity, device_id: deviceId } = query;
    const { rows, total } = await this.alarms.list(actor, { status, severity, deviceId }, sliceOf(query));
    return listOf('alarms', rows.map(presentAlarm), total, query);
  }

  @Post('alarms/:alarm_id/acknowledge')
  @Operation({
    access: 'device.manage',
    summary: 'Take note of an alarm',
    description: 'It stays until its cause is gone; an acknowledged one is not raised again meanwhile.',
    response: schema.alarmShape,
    example: { ...schema.alarmExample, status: 'acknowledged', note: 'Splice team is on its way' },
    requestExample: { note: 'Splice team is on its way' },
    errors: ['not_found', 'conflict'],
  })
  async acknowledge(
    @CurrentActor() actor: Actor,
    @PathParam('alarm_id', intId) id: number,
    @JsonBody(schema.acknowledgeBody) { note }: schema.AcknowledgeBody,
  ) {
    return presentAlarm(await this.manage.acknowledge({ actor, id, note }));
  }

  @Get('alarm-thresholds')
  @Operation({
    access: 'device.read',
    summary: 'List the thresholds in force',
    response: schema.thresholdsShape,
    example: { thresholds: [schema.thresholdExample], pagination: PAGINATION },
  })
  async thresholds(@CurrentActor() actor: Actor, @QueryString(pageQuery) query: PageQuery) {
    const { rows, total } = await this.alarms.thresholds(actor, sliceOf(query));
    return listOf('thresholds', rows.map(presentThreshold), total, query);
  }

  @Post('alarm-thresholds')
  @Operation({
    access: 'device.manage',
    summary: 'Say when a figure is a reason to worry',
    description: 'Of those that fit a device the narrowest counts: its model, then its kind, then any.',
    status: 201,
    response: schema.thresholdShape,
    example: schema.thresholdExample,
    requestExample: schema.thresholdRequestExample,
    errors: ['conflict', 'unprocessable'],
  })
  async create(@CurrentActor() actor: Actor, @JsonBody(schema.createThresholdBody) body: schema.CreateThresholdBody) {
    const { metric, model_id: modelId, hold_seconds: holdSeconds, ...levels } = body;
    const values = { ...levels, modelId, holdSeconds, metric: camelCase(metric) } as ThresholdValues;
    const threshold = await this.manage.createThreshold({ actor, values });
    return createdAt(`/v1/network/alarm-thresholds/${threshold.id}`, presentThreshold(threshold));
  }

  @Delete('alarm-thresholds/:threshold_id')
  @Operation({
    access: 'device.manage',
    summary: 'End a threshold',
    description: 'The alarms that it raised are cleared.',
    status: 204,
    errors: ['not_found'],
  })
  retire(@CurrentActor() actor: Actor, @PathParam('threshold_id', intId) id: number) {
    return this.manage.retireThreshold({ actor, id });
  }
}
