import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
  IfMatch,
  JsonBody,
  Operation,
  PathParam,
  QueryString,
  createdAt,
  intId,
  versioned,
} from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import {
  BandwidthProfileQueries,
  ChangeBandwidthProfile,
  CreateBandwidthProfile,
  RetireBandwidthProfile,
} from '@isp/domain/catalog';
import { listOf, sliceOf } from '../lists.js';
import { presentProfile, valuesOf } from './bandwidth-profile.presenter.js';
import * as schema from './bandwidth-profile.schema.js';

@ApiTags('Bandwidth profiles')
@Controller('v1/bandwidth-profiles')
export class BandwidthProfilesController {
  constructor(
    private readonly create: CreateBandwidthProfile,
    private readonly change: ChangeBandwidthProfile,
    private readonly retire: RetireBandwidthProfile,
    private readonly profiles: BandwidthProfileQueries,
  ) {}

  @Get()
  @Operation({
    access: 'plan.read',
    summary: 'List bandwidth profiles',
    response: schema.profilesShape,
    example: {
      bandwidth_profiles: [schema.profileExample],
      pagination: { page: 1, per_page: 25, total: 9, pages: 1 },
    },
  })
  async listProfiles(@CurrentActor() actor: Actor, @QueryString(schema.profilesQuery) query: schema.ProfilesQuery) {
    const { rows, total } = await this.profiles.list(actor, query, sliceOf(query));
    return listOf('bandwidth_profiles', rows.map(presentProfile), total, query);
  }

  @Get(':profile_id')
  @Operation({
    access: 'plan.read',
    summary: 'Read a bandwidth profile',
    response: schema.profileShape,
    example: schema.profileExample,
    errors: ['not_found'],
  })
  async getProfile(@CurrentActor() actor: Actor, @PathParam('profile_id', intId) id: number) {
    const profile = await this.profiles.get(actor, id);
    return versioned(profile.version, presentProfile(profile));
  }

  @Post()
  @Operation({
    access: 'plan.manage',
    summary: 'Create a bandwidth profile',
    status: 201,
    response: schema.profileShape,
    example: schema.profileExample,
    requestExample: schema.createProfileExample,
    errors: ['conflict', 'unprocessable'],
  })
  async createProfile(
    @CurrentActor() actor: Actor,
    @JsonBody(schema.createProfileBody) body: schema.CreateProfileBody,
  ) {
    const { name, download_kbps: downloadKbps, upload_kbps: uploadKbps, ...rest } = body;
    const profile = await this.create.execute({ actor, ...valuesOf(rest), name, downloadKbps, uploadKbps });
    return createdAt(`/v1/bandwidth-profiles/${profile.id}`, presentProfile(profile));
  }

  @Patch(':profile_id')
  @Operation({
    access: 'plan.manage',
    summary: 'Change a bandwidth profile',
    description: 'Its speeds can change only until a plan or a service uses it.',
    response: schema.profileShape,
    example: schema.profileExample,
    requestExample: { burst_download_kbps: 300_000 },
    errors: ['not_found', 'conflict', 'precondition_failed', 'unprocessable'],
  })
  async changeProfile(
    @CurrentActor() actor: Actor,
    @PathParam('profile_id', intId) id: number,
    @JsonBody(schema.changeProfileBody) body: schema.ChangeProfileBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const profile = await this.change.execute({ actor, profileId: id, changes: valuesOf(body), ifMatch });
    return versioned(profile.version, presentProfile(profile));
  }

  @Post(':profile_id/retire')
  @Operation({
    access: 'plan.manage',
    summary: 'Give a bandwidth profile to nobody any more',
    description: 'Services that have it keep it. Refused while a plan on sale names it.',
    response: schema.profileShape,
    example: { ...schema.profileExample, status: 'retired' },
    errors: ['not_found', 'conflict'],
  })
  async retireProfile(@CurrentActor() actor: Actor, @PathParam('profile_id', intId) id: number) {
    return presentProfile(await this.retire.execute({ actor, profileId: id }));
  }
}
