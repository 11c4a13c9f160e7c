export * from './areas/area.queries.js';
export * from './areas/area.view.js';
export * from './premises.module.js';
export * from './register/premise-occupancy.usecase.js';
export * from './register/premise.queries.js';
export * from './register/premise.view.js';
