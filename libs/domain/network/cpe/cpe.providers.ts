import { ConfigureCpeHandler } from './configure-cpe.job.js';
import { ConfigureCpe } from './configure-cpe.usecase.js';
import { CPE_DRIVERS, type CpeDriver } from './cpe-driver.port.js';
import { CpeSettings } from './cpe-settings.js';
import { InstallOnt } from './install-ont.usecase.js';
import { RevealLineSecrets } from './reveal-line-secrets.usecase.js';
import { SimulatedCpe } from './simulated-cpe.adapter.js';

/** The equipment at customers', as other domains use it. */
export const CPE = [CpeSettings, ConfigureCpe, InstallOnt, RevealLineSecrets];
/** What it uses itself. */
export const CPE_INTERNALS = [
  SimulatedCpe,
  { provide: CPE_DRIVERS, useFactory: (...all: CpeDriver[]) => all, inject: [SimulatedCpe] },
];
/** What a worker does for it. */
export const CPE_WORKERS = [ConfigureCpeHandler];
