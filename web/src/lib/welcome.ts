/** Whether the first-run page was seen on this device, so that home does not send there again. */

const KEY = 'greenroom.welcomed';

export function wasWelcomed(): boolean {
  try {
    return localStorage.getItem(KEY) === 'yes';
  } catch {
    return true;
  }
}

export function setWelcomed(): void {
  try {
    localStorage.setItem(KEY, 'yes');
  } catch {
    // Without storage home never sends here by itself.
  }
}
