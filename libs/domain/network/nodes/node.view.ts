export const NODE_KINDS = ['data_centre', 'exchange', 'pop', 'cabinet', 'site'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export interface NodeView {
  readonly id: number;
  /** What people call it: `POP-NY-01`. */
  readonly code: string;
  readonly name: string;
  readonly kind: NodeKind;
  readonly address: string | null;
  /** WGS 84 degrees. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly status: 'active' | 'retired';
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const NODE_COLUMNS = `n.id, n.code, n.name, n.kind, n.address, n.latitude::float8, n.longitude::float8, n.status, n.version,
  n.created_at AS "createdAt", n.updated_at AS "updatedAt"`;
