import { Injectable, type OnApplicationBootstrap, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { AccessRule } from '@isp/contracts';
import { ACCESS_RULE } from './operation.js';

export interface DeclaredRoute {
  readonly method: string;
  /** With `:parameters`. */
  readonly path: string;
  readonly access: AccessRule;
}

/** Every route of every controller with who may call it. A route that does not say so keeps the program from booting. */
@Injectable()
export class RouteDeclarations implements OnApplicationBootstrap {
  private declared: readonly DeclaredRoute[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  get all(): readonly DeclaredRoute[] {
    return this.declared;
  }

  onApplicationBootstrap(): void {
    this.declared = this.discovery
      .getControllers()
      .flatMap((wrapper) => (wrapper.metatype ? this.routesOf(wrapper.metatype as Type) : []));
  }

  private routesOf(controller: Type): DeclaredRoute[] {
    const prefix = String(Reflect.getMetadata(PATH_METADATA, controller) ?? '');
    const prototype = controller.prototype as Record<string, object>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] as object;
      const path = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
      if (path === undefined) return [];
      const access = Reflect.getMetadata(ACCESS_RULE, handler) as AccessRule | undefined;
      if (!access) throw new Error(`${controller.name}.${name} does not declare who may call it`);
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
      return [
        {
          method,
          path: `/${[prefix, path]
            .join('/')
            .replace(/^\/+|\/+$/g, '')
            .replace(/\/+/g, '/')}`,
          access,
        },
      ];
    });
  }
}
