export { SideThread } from './side-thread.js';
export type { SideThreadOptions } from './side-thread.js';
