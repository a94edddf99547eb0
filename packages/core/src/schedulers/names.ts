/** The schedulers a request may name, and the diffusers class each one is. */
export const SCHEDULER_CLASSES = {
  ddim: 'DDIMScheduler',
  euler: 'EulerDiscreteScheduler',
  'euler-ancestral': 'EulerAncestralDiscreteScheduler',
  'dpmpp-2m': 'DPMSolverMultistepScheduler',
  pndm: 'PNDMScheduler',
  lcm: 'LCMScheduler',
  ddpm: 'DDPMScheduler',
} as const;

export type SchedulerName = keyof typeof SCHEDULER_CLASSES;

export const SCHEDULER_NAMES = Object.keys(SCHEDULER_CLASSES) as readonly SchedulerName[];
