/** Debian's Chromium, as every test that needs a browser starts it: no window, a microphone and a camera of its own. */

import { chromium } from 'playwright-core';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * Starts the browser that CHROMIUM names, or the one Debian installs. `sound` lets pages play without a
 * click, as a browser does for pages that are used often.
 */
export function launch({ sound = true } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: sound ? [...ARGS, '--autoplay-policy=no-user-gesture-required'] : ARGS,
  });
}
