/** A month of a service: what was promised, measured and credited. What was not measured is null. */
export interface LevelReportRow {
  /** The customer's display id. */
  readonly customerCode: string;
  readonly customerName: string;
  readonly planName: string;
  /** `YYYY-MM`. */
  readonly period: string;
  readonly committedPercent: number;
  readonly actualPercent: number | null;
  readonly downSeconds: number;
  readonly met: boolean | null;
  readonly latencyMs: number | null;
  readonly committedLatencyMs: number | null;
  readonly packetLossPercent: number | null;
  readonly committedPacketLossPercent: number | null;
  readonly incidents: number;
  readonly repairSeconds: number;
  readonly currency: string;
  /** Credit notes less what was taken back of them, with tax; decimal text. */
  readonly creditedAmount: string;
}
