/** The words of what a run was started with, and of the machines that it is on. */
import type { SystemChartKind } from "./model/system.ts";

export const SYSTEM = {
  charts: {
    cpu: "Processors (%)",
    memory: "Memory (GB)",
    memoryShare: "Memory (%)",
    gpu: "GPU (%)",
    gpuMemory: "GPU memory (GB)",
    gpuTemperature: "GPU temperature (°C)",
    gpuPower: "GPU power (W)",
    disk: "Disk (MB/s)",
    diskFree: "Free disk space (GB)",
    network: "Network (MB/s)",
  } satisfies Readonly<Record<Exclude<SystemChartKind, "other">, string>>,
  onHost: (what: string, host: string) => `${host}: ${what}`,
  none: {
    title: "No machine was measured",
    text: "Every 5 seconds the processors, memory, disk, network and GPUs of the machine that a run is on are measured by themselves, unless RUNTIDE_SYSTEM_INTERVAL_S=0 says otherwise.",
  },
  command: "Command",
  repository: "Repository",
  branch: "Branch",
  commit: "Commit",
  copyCommit: "Copy the commit",
  changes: "changes since",
  python: "Python",
  packages: "Packages",
  allPackages: "all packages",
  os: "System",
  cpu: "Processors",
  cpuOf: (model: string, count: number, usable: number) =>
    usable < count ? `${model}, ${usable} of ${count}` : `${model}, ${count}`,
  memory: "Memory",
  gpus: "GPUs",
};
