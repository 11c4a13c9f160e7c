export function createRunDirectory(): string;
export function removeRunDirectory(directory: string): Promise<void>;
export function removeAbandonedRuns(): Promise<void>;
