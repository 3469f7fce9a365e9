import type { MicrophoneProblem } from '../sound/device';

/** Why the microphone cannot be used, and what to do about it. */
export const MICROPHONE_HELP: Record<MicrophoneProblem, { what: string; how: string }> = {
  denied: {
    what: 'The browser does not let this page use the microphone.',
    how: 'Open the symbol beside the address, allow the microphone, and try again.',
  },
  missing: {
    what: 'No microphone is there, or it was unplugged.',
    how: 'Plug one in or switch it on, and try again.',
  },
  busy: {
    what: 'The microphone is there but cannot be opened; another program may be using it.',
    how: 'Close calls and recorders that use it, and try again.',
  },
  insecure: {
    what: 'Browsers give the microphone only to pages of this computer or over https.',
    how: 'Open Greenroom under the address that it printed when it started.',
  },
  unknown: {
    what: 'The microphone could not be opened.',
    how: 'Try again, or look at the device check to choose another one.',
  },
};
