import { CoreApiModule, coreErrorRenderer } from '@isp/apis/core';
import { OperationsApiModule, operationsErrorRenderer } from '@isp/apis/operations';
import type { ApiDefinition } from '@isp/apis/shared';
import { WholesaleApiModule, wholesaleErrorRenderer } from '@isp/apis/wholesale';

/** The three public APIs, in the order in which the documentation lists them. */
export const apis: readonly ApiDefinition[] = [
  {
    name: 'core',
    title: 'Core API',
    description: 'For admin, reseller and customer portals, integrations and SDKs; under /v1.',
    modules: [CoreApiModule],
    renderer: coreErrorRenderer,
  },
  {
    name: 'wholesale',
    title: 'Wholesale API',
    description: "For ISPs that sell services over this operator's fibre; under /wholesale.",
    modules: [WholesaleApiModule],
    renderer: wholesaleErrorRenderer,
  },
  {
    name: 'operations',
    title: 'Operations API',
    description: 'Read-only views for the back office, dashboards and agents; under /operations/v1.',
    modules: [OperationsApiModule],
    renderer: operationsErrorRenderer,
  },
];
